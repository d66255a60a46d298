/*
 * What the kit for tests of a definition lets one write, and what not. Nothing here runs: `npm run typecheck` reads it, and
 * an expected error that does not come is an error.
 */
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { Decimal } from '../../src/domain/decimal.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable, type TableDefinition } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { effect } from '../../src/domain/definition/effect.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row } from '../../src/domain/definition/row.ts';
import type { StandardSchema } from '../../src/domain/definition/standard-schema.ts';
import { including, testing } from '../../src/testing.ts';

interface Order {
  readonly status: 'draft' | 'paid';
  readonly total: number;
  readonly tags?: Set<string>;
}

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<Order>();

/** What it takes is not what it gives, and it takes keys too. */
declare const DatedSchema: StandardSchema<{ at: Date; PK: string }> & {
  readonly '~standard': {
    readonly types?: {
      readonly input: { at: string; PK: string };
      readonly output: { at: Date; PK: string };
    };
  };
};
const dated = row({ PK: 'DATED#<id>', SK: 'X' }, { schema: DatedSchema });
const anything = row({ PK: 'ANY#<id>', SK: 'X' });

const definition = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order, dated, anything },
  derive: {
    search: documents(order, { collection: 'orders', fields: ['status', 'total'] }),
    names: documents(dated, {
      collection: 'dates',
      fields: ({ attributes }) => ({ year: attributes.at.getUTCFullYear() }),
    }),
    spend: counts(order, {
      by: ({ key }) => ({ customer: key.customer }),
      amount: 'total',
      at: { PK: 'CUSTOMER#<customer>', SK: 'SPEND' },
      as: 'spent',
    }),
    states: counts(order, { by: ['status'], at: { PK: 'STATES', SK: '<status>' } }),
    latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['total'] }),
    told: effect(order, { run: () => undefined }),
    any: documents(anything, { collection: 'any', fields: ['x'] }),
  },
});

const { given, rows, record, event } = testing(definition);
const key = { customer: 'anna', order: '1' };
const paid = rows.order(key, { status: 'paid', total: 1 });

/* Rows and changes. */

rows.order(key, { status: 'paid', total: 5n, tags: new Set(['a']) });
rows.order(key, { status: 'paid', total: Decimal.parse('5')! });
rows.dated({ id: 5 }, { at: '2026' });
rows.anything({ id: 'x' });
rows.anything({ id: 'x' }, { whatever: null });
rows.order.update(key, { total: 2 });
rows.order.update(key, { tags: undefined });
// @ts-expect-error There is no such kind.
rows.ordr(key, {});
// @ts-expect-error The key has no such part.
rows.order({ customr: 'anna', order: '1' }, { status: 'paid', total: 1 });
// @ts-expect-error The key has one more part.
rows.order({ customer: 'anna' }, { status: 'paid', total: 1 });
// @ts-expect-error The row has an attribute more.
rows.order(key, { status: 'paid' });
// @ts-expect-error There are attributes that a row must have.
rows.order(key);
// @ts-expect-error The row has no such attribute.
rows.order(key, { status: 'paid', total: 1, totl: 1 });
// @ts-expect-error The attribute never has this value.
rows.order(key, { status: 'lost', total: 1 });
// @ts-expect-error The table holds what the schema takes.
rows.dated({ id: '5' }, { at: new Date() });
// @ts-expect-error The row has no such attribute.
rows.order.update(key, { totl: 1 });
// @ts-expect-error A row is removed by its key.
rows.order.remove({ order: '1' });
// @ts-expect-error A change is no row that was there.
given(rows.order.remove(key));

/* Scenarios. */

const base = given([paid]).when([rows.order.remove(key)], { times: 2, failing: { told: ['before'] } });
given(paid).when(paid, {
  failing: { told: ({ change }) => (change.after?.total === 1 ? 'after' : undefined) },
});
// @ts-expect-error There is no such effect.
given(paid).when(paid, { failing: { tld: ['before'] } });
// @ts-expect-error An attempt fails before or after.
given(paid).when(paid, { failing: { told: ['during'] } });
// @ts-expect-error There is no such option.
given(paid).when(paid, { tims: 2 });
export async function awaited(): Promise<void> {
  // @ts-expect-error Nothing would be compared.
  await base;
}

/* What is expected. */

void base.then({
  documents: { orders: { 'anna:1': { id: 'anna:1', status: 'paid', total: 1n } }, dates: { 1: { year: 5 } } },
  counts: { spend: [{ customer: 'anna', spent: 5 }], states: including([{ status: 'paid', count: 1 }]) },
  pointers: { latest: [{ ...key, total: 5 }, including({ customer: 'bert' })] },
  rows: { audit: [{ id: 'x' }] },
  effects: { told: [{ key, operation: 'INSERT', did: 'run', why: /x/ }] },
  failures: ['x', /x/, { kind: 'order', message: /x/ }],
  drift: [],
});
void base.then({ documents: { orders: including({ 'anna:1': including({ status: 'paid' }) }) } });
// @ts-expect-error There is no such collection.
void base.then({ documents: { order: {} } });
// @ts-expect-error Documents have no such field.
void base.then({ documents: { orders: { 'anna:1': { state: 'paid' } } } });
// @ts-expect-error There is no such derivation.
void base.then({ counts: { spnd: [] } });
// @ts-expect-error It is no count.
void base.then({ counts: { latest: [] } });
// @ts-expect-error The tuple has another part.
void base.then({ counts: { spend: [{ customr: 'anna', spent: 5 }] } });
// @ts-expect-error The number has another name.
void base.then({ counts: { spend: [{ customer: 'anna', count: 5 }] } });
// @ts-expect-error The pointer repeats no such attribute.
void base.then({ pointers: { latest: [{ ...key, status: 'paid' }] } });
// @ts-expect-error The effect is called for a row with another key.
void base.then({ effects: { told: [{ key: { customer: 'anna' } }] } });
// @ts-expect-error There is no such member.
void base.then({ count: {} });

export async function looked(): Promise<number | undefined> {
  const { documents: found, effects } = await base.state();
  // @ts-expect-error There is no such collection.
  void found.order;
  return effects.told[0]?.change.after?.total;
}

/* Records are those of Lambda's types. */

event(record.insert(paid), record.modify(paid, paid)) satisfies DynamoDBStreamEvent;

/* Of a definition of which the compiler knows nothing, any name will do. */

declare const unknown: TableDefinition;
const any = testing(unknown);
void any
  .given(any.rows['x']!({ a: 'b' }, { c: 1 }))
  .then({ counts: { x: [{ y: 1 }] }, documents: { z: {} } });
