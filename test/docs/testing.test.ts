import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { ReadersFolder, ROOT } from './readers-folder.ts';
import { testingPage } from './testing-page.ts';

const run = promisify(execFile);

/* That the types of its snippets are right, types.test.ts shows beside those of others. */
describe('docs/testing.md', function () {
  this.timeout(240_000);
  let folder: ReadersFolder;
  let file: string;

  before(async () => {
    const { definition, tests } = testingPage();
    folder = await ReadersFolder.make();
    await folder.write('contrail.config.mts', definition);
    file = await folder.write('page.test.mts', tests);
  });

  after(() => folder.remove());

  it('has snippets that pass as tests', async () => {
    // Under mocha, node:test would find itself in a run of its own.
    const env = { ...process.env };
    delete env['NODE_TEST_CONTEXT'];
    const { stdout } = await run(process.execPath, ['--import', 'tsx', '--test', file], { cwd: ROOT, env });
    expect(stdout)
      .to.match(/^(?:# |ℹ )pass 5$/m)
      .and.to.match(/^(?:# |ℹ )fail 0$/m);
  });
});
