import { MemoryImageRepository } from '../../../src/adapters/memory/memory-image-repository.ts';
import { MemoryTable } from '../../../src/adapters/memory/memory-table.ts';
import type { TableDefinition } from '../../../src/domain/definition/define-table.ts';
import { keyTextOf } from '../../../src/domain/key-value.ts';
import { attributes as attributesOf, change, type ChangeParts } from '../../support/factories.ts';
import type { Attributes, DefinedTable } from '../image-repository/harness.ts';

/** A table in memory that is as a definition says. Rows of no kind never get as far: their records are no changes. */
export function definedTableInMemory({ model }: TableDefinition): DefinedTable {
  const table = new MemoryTable(model);
  let sequence = 0;
  const apply = async (attributes: Attributes, parts: Omit<ChangeParts, 'row'>) => {
    const { partition, partitionType, sort, sortType } = model.keys;
    const row = model.rowOf(
      keyTextOf(attributes[partition], partitionType)!,
      sort === undefined ? undefined : keyTextOf(attributes[sort], sortType),
    );
    if (row !== undefined && !('malformed' in row))
      await table.apply([change({ ...parts, row, sequence: ++sequence })]);
  };
  return {
    images: new MemoryImageRepository(table),
    put: (row) => apply(row, { after: attributesOf(row) }),
    remove: (row) => apply(row, { operation: 'REMOVE' }),
    readPointer: async (entity) => table.pointer(entity)?.member.attributes,
  };
}
