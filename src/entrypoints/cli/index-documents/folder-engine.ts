import { mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedSearchIndex } from '../../../adapters/embedded-search/embedded-search-index.ts';
import { CollectionFile } from '../../../adapters/embedded-search/store/collection-file.ts';
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

/** What the folders are called in which new files are made, with six characters more. */
const PREFIX = 'rebuild-';

/** The new file is made in a folder within, and is moved onto the old one: whoever reads takes the new one then. */
async function replacement(
  folder: string,
  collection: string,
  old: EmbeddedSearchIndex,
  warn: (message: string) => void,
): Promise<Replacement> {
  const file = fileNameOf(collection);
  // The folder is locked: who made these has ended before it was done, and nobody reads them.
  const removed = (await readdir(folder))
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => join(folder, name));
  for (const path of removed)
    await rm(path, { recursive: true, force: true }).catch((error: unknown) => {
      throw fileFault(`removing ${path}`, error);
    });
  const beside = await mkdtemp(join(folder, PREFIX)).catch((error: unknown) => {
    throw fileFault(`making a folder in ${folder}`, error);
  });
  const index = await EmbeddedSearchIndex.open(beside, { warn });
  // There to be moved, also where nothing is written to it.
  await (await CollectionFile.make(join(beside, file), collection)).close();
  let isMoved = false;
  const drop = async () => {
    await index.close();
    await rm(beside, { recursive: true, force: true });
  };
  return {
    name: `the new file of ${collection}`,
    index,
    leftovers: [],
    removed,
    // The folder is locked.
    contents: async () => undefined,
    async *ids(signal) {
      for await (const { id } of old.documents(collection, signal)) yield id;
    },
    async switch() {
      await index.close();
      try {
        // The folder is still locked. What is open of the old file is not written to any more.
        if (!isMoved) await rename(join(beside, file), join(folder, file));
        isMoved = true;
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
