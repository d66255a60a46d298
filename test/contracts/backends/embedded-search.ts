import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedSearchIndex } from '../../../src/adapters/embedded-search/embedded-search-index.ts';
import type { Implementation } from '../contract.ts';
import type { Harness, IndexCapability } from '../search-index/harness.ts';

export const embeddedSearch: Implementation<Harness, IndexCapability> = {
  name: 'embedded, in a folder',
  setUp: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'contrail-'));
    let open = await EmbeddedSearchIndex.open(folder);
    return {
      index: open,
      collection: 'aircraft',
      other: '../Images %/',
      missing: 'missing',
      reopened: async () => {
        await open.close();
        open = await EmbeddedSearchIndex.open(folder);
        return open;
      },
      close: async () => {
        await open.close();
        await rm(folder, { recursive: true });
      },
    };
  },
  lacks: {
    schemas: 'it keeps every value as it is',
    missingCollections: 'collections are there as soon as something is written to them',
    collectionsTogether: 'each collection is a file of its own',
  },
};
