import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { definitionsPage } from './definitions-page.ts';
import { read } from './markdown.ts';
import { readerPage } from './reader-page.ts';
import { ReadersFolder, ROOT, snippetsIn, typeErrors } from './readers-folder.ts';

const run = promisify(execFile);

describe('docs/testing.md', function () {
  this.timeout(240_000);
  let folder: ReadersFolder;
  let files: readonly string[];

  before(async () => {
    const page = read('docs/testing.md');
    folder = await ReadersFolder.make();
    const [definition] = snippetsIn(page, 'contrail.config.ts');
    const snippets = [...page.matchAll(/^```ts(?: orders\.test\.ts)?\n([^]*?)^```$/gm)].map(
      ([, snippet]) => snippet!,
    );
    expect(snippets.length).to.be.at.least(4);
    files = [
      await folder.write('contrail.config.mts', definition!),
      await folder.write('page.test.mts', snippets.join('\n')),
    ];
  });

  after(() => folder.remove());

  it('has snippets whose types are right, as have those of docs/definitions.md and docs/reader.md', async () => {
    // One program for all pages: most of the time goes to what they import.
    const others = [
      await folder.write('definitions.mts', definitionsPage()),
      await folder.write('reader.mts', readerPage()),
    ];
    expect(typeErrors([...files, ...others])).to.deep.equal([]);
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
