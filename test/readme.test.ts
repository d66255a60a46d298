import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { generateEvents } from '../src/feed/generate.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const run = promisify(execFile);

describe('the README', () => {
  let readme: string;

  before(async () => {
    readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  });

  it('given its complete TypeScript example, when run as it stands, then it works', async () => {
    const [, example] = /```ts\n(import [^]*?)```/.exec(readme)!;
    // Inside the project, so that packages resolve as they do for the reader.
    const folder = await mkdtemp(join(ROOT, 'node_modules', '.readme-'));
    try {
      const file = join(folder, 'example.mts');
      await writeFile(file, example!.replaceAll("'./src/", `'${ROOT}src/`));
      const { stdout } = await run(process.execPath, ['--import', 'tsx', file], { cwd: ROOT });
      expect(stdout).to.match(/ info {2}batch records=0 /);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('given the bundled sample, when generated as the README says, then it is the same, and at most 2 MB', async () => {
    const [, seed, records] = /`generate --seed (\d+) --records (\d+)`/.exec(readme)!;
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
