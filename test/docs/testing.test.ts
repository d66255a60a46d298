import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import ts from 'typescript';
import { read } from './markdown.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

describe('docs/testing.md', function () {
  this.timeout(240_000);
  let folder: string;
  let files: readonly string[];

  before(async () => {
    const page = read('docs/testing.md');
    // Inside the project, so that packages resolve as they do for the reader.
    folder = await mkdtemp(join(ROOT, 'node_modules', '.testing-'));
    const own = (code: string) =>
      code
        .replaceAll("'contrail/testing'", "'../../src/testing.ts'")
        .replaceAll("'contrail'", "'../../src/index.ts'")
        .replaceAll("'./contrail.config.js'", "'./contrail.config.mts'");
    const [, definition] = /^```ts contrail\.config\.ts\n([^]*?)^```$/m.exec(page)!;
    const snippets = [...page.matchAll(/^```ts(?: orders\.test\.ts)?\n([^]*?)^```$/gm)].map(
      ([, snippet]) => snippet!,
    );
    expect(snippets.length).to.be.at.least(4);
    files = ['contrail.config.mts', 'page.test.mts'].map((name) => join(folder, name));
    await writeFile(files[0]!, own(definition!));
    await writeFile(files[1]!, own(snippets.join('\n')));
  });

  after(() => rm(folder, { recursive: true }));

  it('has snippets whose types are right', () => {
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile.bind(ts.sys)) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
    const found = ts.getPreEmitDiagnostics(ts.createProgram(files, options));
    expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).to.deep.equal(
      [],
    );
  });

  it('has snippets that pass as tests', async () => {
    // Under mocha, node:test would find itself in a run of its own.
    const env = { ...process.env };
    delete env['NODE_TEST_CONTEXT'];
    const { stdout } = await run(process.execPath, ['--import', 'tsx', '--test', files[1]!], {
      cwd: ROOT,
      env,
    });
    expect(stdout)
      .to.match(/^(?:# |ℹ )pass 5$/m)
      .and.to.match(/^(?:# |ℹ )fail 0$/m);
  });
});
