import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { ReadersFolder, ROOT } from './readers-folder.ts';
import { simulationPage } from './simulation-page.ts';

/* That the types of its snippet are right, types.test.ts shows beside those of others. */
describe('docs/simulation.md', function () {
  this.timeout(120_000);
  let folder: ReadersFolder;
  let file: string;

  before(async () => {
    folder = await ReadersFolder.make();
    await folder.write(
      'contrail.config.mts',
      await readFile(join(ROOT, 'examples/by-id/contrail.config.ts'), 'utf8'),
    );
    file = await folder.write('products.test.mts', simulationPage());
  });

  after(() => folder.remove());

  it('has a snippet in which everything holds', async () => {
    expect(await import(file)).to.include({ hasHeld: true });
  });
});
