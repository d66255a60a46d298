import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { generateEvents } from '../src/fleet/feed/generate.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const run = promisify(execFile);

describe('the README', () => {
  let readme: string;

  before(async () => {
    readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  });

  /* That their types are right, test/docs/types.test.ts shows beside those of others. */
  describe('given its TypeScript examples, and those of docs/architecture.md', function () {
    this.timeout(60_000);
    let folder: string;
    const files: string[] = [];

    before(async () => {
      // Inside the project, so that packages resolve as they do for the reader.
      folder = await mkdtemp(join(ROOT, 'node_modules', '.readme-'));
      const architecture = await readFile(join(ROOT, 'docs', 'architecture.md'), 'utf8');
      for (const [, example] of (readme + architecture).matchAll(/```ts\n([^]*?)```/g)) {
        const file = join(folder, `example-${files.length}.mts`);
        await writeFile(file, example!.replaceAll("'./src/", "'../../src/"));
        files.push(file);
      }
    });

    after(() => rm(folder, { recursive: true }));

    it('then each does what it says when it is run as the README says', async () => {
      const outputs = await Promise.all(
        files.map((file) => run(process.execPath, ['--import', 'tsx', file], { cwd: ROOT })),
      );
      expect(outputs.map(({ stdout }) => stdout)).to.have.length(3);
      const lines = ['1 172S C172\n', 'icao_manufacturers/CESSNA\n', 'upsert icao_manufacturers/CESSNA\n'];
      for (const [index, expected] of lines.entries()) {
        expect(outputs[index]!.stdout).to.equal(expected);
        expect(await readFile(files[index]!, 'utf8')).to.contain(`// ${expected}`);
      }
    });
  });

  it('given the bundled sample, when generated as docs/replay.md says, then it is the same, and at most 2 MB', async () => {
    const guide = await readFile(join(ROOT, 'docs', 'replay.md'), 'utf8');
    const [, seed, records] = /`generate --seed (\d+) --records (\d+)`/.exec(guide)!;
    const events = [...generateEvents({ seed: Number(seed), records: Number(records) })];
    const sample = await readFile(join(ROOT, 'fixtures', 'sample.ndjson'), 'utf8');
    expect(events.map((event) => `${JSON.stringify(event)}\n`).join('') === sample).to.equal(true);
    expect(Buffer.byteLength(sample)).to.be.at.most(2_000_000);
  });

  it('given what it says npm start prints, when the sample is replayed, then only the timing differs', async () => {
    const { stdout } = await run(
      process.execPath,
      [join(ROOT, 'bin', 'contrail.js'), 'replay', 'fixtures/sample.ndjson', '--verify'],
      { cwd: ROOT },
    );
    const untimed = (text: string) => text.replace(/[\d.]+ s \([\d,]+ records\/s\)/, 'TIME');
    expect(untimed(readme)).to.contain(untimed(stdout).trimEnd());
  });
});
