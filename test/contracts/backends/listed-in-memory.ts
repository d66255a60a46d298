import { MemoryDerivedListing } from '../../../src/adapters/memory/memory-derived-listing.ts';
import { MemoryDerivedRowRepository } from '../../../src/adapters/memory/memory-derived-row-repository.ts';
import { MemoryImageRepository } from '../../../src/adapters/memory/memory-image-repository.ts';
import { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import { MemoryTable } from '../../../src/adapters/memory/memory-table.ts';
import { keyTextOf } from '../../../src/domain/key-value.ts';
import { attributes, change } from '../../support/factories.ts';
import { type Harness, SHOP } from '../derived-listing/harness.ts';

/** What is derived of a table in memory. */
export function listedInMemory(): Harness {
  const { model } = SHOP;
  const table = new MemoryTable(model);
  const [matcher, rows] = [new MemoryMatcherRepository(), new MemoryDerivedRowRepository()];
  return {
    listing: new MemoryDerivedListing(model.keys, table, matcher, rows),
    images: new MemoryImageRepository(table),
    ...{ matcher, rows, audit: 'audit', scanned: async () => [] },
    putOrder: async (values) => {
      const row = model.rowOf(keyTextOf(values['PK'], 'S') ?? '', keyTextOf(values['SK'], 'S'));
      if (row !== undefined && !('malformed' in row))
        await table.apply([change({ row, after: attributes(values) })]);
    },
  };
}
