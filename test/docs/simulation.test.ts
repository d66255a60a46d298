import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { read } from './markdown.ts';
import { ReadersFolder, ROOT, snippetsIn, typeErrors } from './readers-folder.ts';

describe('docs/simulation.md', function () {
  this.timeout(120_000);
  let folder: ReadersFolder;
  let files: readonly string[];

  before(async () => {
    const snippets = snippetsIn(read('docs/simulation.md'), 'products.test.ts');
    expect(snippets).to.have.length(1);
    folder = await ReadersFolder.make();
    files = [
      await folder.write(
        'contrail.config.mts',
        await readFile(join(ROOT, 'examples/by-id/contrail.config.ts'), 'utf8'),
      ),
      // In fewer worlds, and so that it says that it has come to its end.
      await folder.write(
        'products.test.mts',
        `${snippets[0]!.replace('seeds: 200', 'seeds: 20')}\nexport const hasHeld = true;\n`,
      ),
    ];
  });

  after(() => folder.remove());

  it('has a snippet whose types are right', () => {
    expect(typeErrors(files)).to.deep.equal([]);
  });

  it('has a snippet in which everything holds', async () => {
    expect(await import(files[1]!)).to.include({ hasHeld: true });
  });
});
