/*
 * What whoever reads a table's changes can write, and what not. Nothing here runs: `npm run typecheck` reads it, and an
 * expected error that does not come is an error.
 */
import type { Decimal } from '../../src/domain/decimal.ts';
import { defineTable, type TableDefinition } from '../../src/domain/definition/define-table.ts';
import { row } from '../../src/domain/definition/row.ts';
import { createReader, type ShardStates } from '../../src/index.ts';

interface Order {
  readonly status: 'draft' | 'paid';
  readonly total: number;
}

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<Order>();
const customer = row({ PK: 'CUSTOMER#<customer>', SK: 'PROFILE' }).with<{ readonly name: string }>();
const definition = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order, customer },
  derive: {},
});
declare const states: ShardStates;

/* Changes are told apart by kind and operation. */

const reader = createReader({ table: 'orders', definition });
export async function read(): Promise<void> {
  for await (const change of reader.changes({ once: true, concurrency: 5 })) {
    change.kind satisfies 'order' | 'customer';
    change.key.customer satisfies string;
    // @ts-expect-error A customer's key has no such part.
    void change.key.order;
    // @ts-expect-error There may be no row after it.
    void change.after.name;
    if (change.kind === 'order') {
      change.key.order satisfies string;
      if (change.operation === 'INSERT') {
        change.before satisfies undefined;
        change.after.total satisfies number;
        // @ts-expect-error The row has no such attribute.
        void change.after.name;
      } else if (change.operation === 'MODIFY') (change.before.total - change.after.total) satisfies number;
      else change.after satisfies undefined;
    } else if (change.operation !== 'REMOVE') change.after.name satisfies string;
    // @ts-expect-error There is no such kind.
    if (change.kind === 'invoice') return;
    change.failed(new Error('no'));
    change.done();
    change.attempt satisfies number;
    change.signal satisfies AbortSignal;
    // @ts-expect-error It is as it was read.
    change.kind = 'order';
  }
}

/* So are those of events. */

reader
  .on('insert', (change) => {
    change.before satisfies undefined;
    if (change.kind === 'order') change.after.status satisfies 'draft' | 'paid';
    // @ts-expect-error It is handled when the listener returns.
    change.done();
  })
  .on('remove', async ({ before }) => void before)
  .on('new shards', ({ shards }) => void (shards satisfies readonly string[]))
  .on('gap', (gap) => void reader.closeGap(gap));
// @ts-expect-error There is no such event.
reader.on('update', () => undefined);

/* Without a definition, all rows come, raw. */

export async function raw(): Promise<void> {
  for await (const change of createReader({ table: 'orders' }).changes()) {
    change.kind satisfies undefined;
    change.key satisfies Readonly<Record<string, string | Decimal | Uint8Array>>;
    if (change.operation !== 'REMOVE') change.after satisfies Readonly<Record<string, unknown>>;
  }
}

/* Of a definition of which the compiler knows nothing, any name will do. */

declare const unknown: TableDefinition;
export async function readUnknown(): Promise<void> {
  for await (const { kind, key, after } of createReader({ table: 'x', definition: unknown }).changes()) {
    kind satisfies string;
    key['anything'] satisfies string | undefined;
    void after?.['anything'];
  }
}

/* What is read, and where it is noted. */

createReader({ streamArn: 'arn', state: 'text', from: 'latest' });
createReader({ table: 'orders', states, name: 'mirror' });
// @ts-expect-error There is nothing to read.
createReader({});
// @ts-expect-error It is one of the two.
createReader({ table: 'orders', streamArn: 'arn' });
// @ts-expect-error Those who share states have a name.
createReader({ table: 'orders', states });
// @ts-expect-error How far it is is noted in one place.
createReader({ table: 'orders', states, name: 'mirror', state: 'text' });
// @ts-expect-error Reading begins at one of two places.
createReader({ table: 'orders', from: 'beginning' });
// @ts-expect-error A definition is made by defineTable.
createReader({ table: 'orders', definition: { rows: {} } });
