import { MemoryDerivedState } from '../../src/adapters/memory/memory-derived-state.ts';
import { MemoryImageRepository } from '../../src/adapters/memory/memory-image-repository.ts';
import { MemoryTable } from '../../src/adapters/memory/memory-table.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable, type TableDefinition } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row } from '../../src/domain/definition/row.ts';
import { memoryBackend } from '../adapters/memory/memory-harness.ts';
import type { Plain, TableRow } from '../support/stream-records.ts';
import { aWorker, type WorkerParts } from './worker.ts';

interface Order {
  readonly status: string;
  readonly total: number;
  readonly note?: string;
}

export const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<Order>();

/** A table whose rows have several derivations of each sort. */
export const SHOP = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: {
    'order-search': documents(order, { collection: 'orders', fields: ['status', 'total'] }),
    'open-search': documents(order, {
      collection: 'open_orders',
      where: ({ attributes }) => attributes.status === 'open',
      fields: ({ key, attributes }) => ({ customer: key.customer, total: attributes.total }),
    }),
    'by-status': counts(order, { by: ['status'], at: { PK: 'STATUS#<status>', SK: 'ORDERS' } }),
    revenue: counts(order, {
      by: ({ attributes }) => [{ of: 'all' }, { of: attributes.status }],
      amount: 'total',
      at: { PK: 'REVENUE#<of>', SK: 'TOTAL' },
    }),
    'first-order': pointer(order, { at: { SK: 'FIRST' }, choose: 'keep', repeat: ['status'] }),
    'latest-order': pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['total'] }),
  },
});

export function orderRow(
  customer: string,
  id: string,
  attributes: Readonly<Record<string, Plain>> = { status: 'open', total: 5 },
): TableRow {
  return { PK: `CUSTOMER#${customer}`, SK: `ORDER#${id}`, ...attributes };
}

/** The memory backend, with a table that is as a definition says. */
export function backendOf({ model }: TableDefinition): ReturnType<typeof memoryBackend> {
  const backend = memoryBackend();
  const table = new MemoryTable(model);
  return {
    ...backend,
    table,
    images: new MemoryImageRepository(table),
    state: new MemoryDerivedState(backend.index, table, backend.matcher, backend.derivedRows),
  };
}

/** A worker on a table of a definition. */
export function aWorkerOf(definition: TableDefinition, parts: Omit<WorkerParts, 'definition'> = {}) {
  return aWorker({ backend: backendOf(definition), ...parts, definition });
}
