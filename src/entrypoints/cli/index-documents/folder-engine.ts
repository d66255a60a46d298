import { mkdtemp, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedSearchIndex } from '../../../adapters/embedded-search/embedded-search-index.ts';
import { fileFault } from '../../../adapters/files/file-fault.ts';
import { fileNameOf } from '../../../adapters/embedded-search/store/file-name.ts';
import type { Engine, Replacement } from './engine.ts';

/**
 * The embedded engine. Collections need not be made, and have no schema.
 *
 * @throws Fault `configuration` where another process writes in the folder, which is named, or it cannot be written to.
 */
export async function folderEngine(folder: string, warn: (message: string) => void): Promise<Engine> {
  const index = await EmbeddedSearchIndex.open(folder, { warn });
  return {
    index,
    check: async () => undefined,
    create: async () => [],
    beside: (collection) => replacement(folder, collection, index, warn),
    close: () => index.close(),
  };
}

/** The new file is made in a folder within, and is moved onto the old one: whoever reads takes the new one then. */
async function replacement(
  folder: string,
  collection: string,
  old: EmbeddedSearchIndex,
  warn: (message: string) => void,
): Promise<Replacement> {
  const beside = await mkdtemp(join(folder, 'rebuild-')).catch((error: unknown) => {
    throw fileFault(`making a folder in ${folder}`, error);
  });
  const index = await EmbeddedSearchIndex.open(beside, { warn });
  const drop = async () => {
    await index.close();
    await rm(beside, { recursive: true, force: true });
  };
  return {
    name: `the new file of ${collection}`,
    index,
    async *ids(signal) {
      for await (const { id } of old.documents(collection, signal)) yield id;
    },
    async switch() {
      await index.close();
      const file = fileNameOf(collection);
      try {
        // The folder is still locked. What is open of the old file is not written to any more.
        await rename(join(beside, file), join(folder, file));
        const handle = await open(folder, 'r');
        await handle.sync().finally(() => handle.close());
      } catch (error) {
        throw fileFault(`moving the new ${file} onto the old one in ${folder}`, error);
      }
      await rm(beside, { recursive: true, force: true });
      return `collection ${collection} in ${folder} is the new one`;
    },
    drop,
  };
}
