import { MemoryDerivedRowRepository } from '../../../src/adapters/memory/memory-derived-row-repository.ts';
import { MemoryEffectLog } from '../../../src/adapters/memory/memory-effect-log.ts';
import { MemoryDerivedState } from '../../../src/adapters/memory/memory-derived-state.ts';
import { MemoryImageRepository } from '../../../src/adapters/memory/memory-image-repository.ts';
import { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import { MemorySearchIndex } from '../../../src/adapters/memory/memory-search-index.ts';
import { MemorySearchQueue } from '../../../src/adapters/memory/memory-search-queue.ts';
import { MemoryTable } from '../../../src/adapters/memory/memory-table.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { DecodedAttributes, type Value } from '../../../src/domain/value.ts';
import { changeOf, type StreamRecord, streamRecord, type TableRow } from '../../support/stream-records.ts';

/** The memory backend's parts, put together, and the fleet's table as a program beside the worker writes it. */
export function memoryBackend() {
  const table = new MemoryTable(fleet.model);
  const matcher = new MemoryMatcherRepository();
  const index = new MemorySearchIndex();
  const derivedRows = new MemoryDerivedRowRepository();
  let sequence = 0;
  const write = async (record: StreamRecord, attributes: Readonly<Record<string, Value>>) => {
    const change = changeOf(record);
    const after = new DecodedAttributes(new Map(Object.entries(attributes)));
    await table.apply([change.after === 'absent' ? change : { ...change, after }]);
  };
  return {
    table,
    matcher,
    index,
    queue: new MemorySearchQueue(),
    images: new MemoryImageRepository(table),
    derivedRows,
    effects: new MemoryEffectLog(),
    state: new MemoryDerivedState(index, table, matcher, derivedRows),
    /** Puts the row with the attributes, which plain rows could not hold. */
    put: (row: TableRow, attributes: Readonly<Record<string, Value>>) =>
      write(streamRecord({ after: row, sequence: ++sequence }), attributes),
    remove: (row: TableRow) => write(streamRecord({ before: row, sequence: ++sequence }), {}),
  };
}
