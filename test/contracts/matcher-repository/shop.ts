import { type CountModel, contributionOf, type Tuple } from '../../../src/domain/count.ts';
import type { CountedRow, CountState } from '../../../src/domain/count-move.ts';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable, type TableDefinition } from '../../../src/domain/definition/define-table.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { decimal, version } from '../../support/factories.ts';
import { unique } from '../../support/unique.ts';

/* Another table than the fleet's: orders, whose amounts are added up for each customer, and which are counted under tags. */

interface Order {
  readonly total: number;
  readonly tags: readonly string[];
}

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<Order>();
const keys = { partition: 'PK', sort: 'SK' } as const;

export const SHOP = defineTable({
  keys,
  rows: { order },
  derive: {
    spend: counts(order, {
      by: ({ key }) => ({ customer: key.customer }),
      amount: 'total',
      at: { PK: 'CUSTOMER#<customer>', SK: 'SPEND' },
      as: 'total',
    }),
    tags: counts(order, {
      by: ({ attributes }) => attributes.tags.map((tag) => ({ tag })),
      at: { PK: 'TAG#<tag>', SK: 'ORDERS' },
    }),
  },
});

/** The shop later: its tags are counted elsewhere, and for each customer. */
export const LATER = defineTable({
  keys,
  rows: { order },
  derive: {
    tags: counts(order, {
      by: ({ key, attributes }) => attributes.tags.map((tag) => ({ customer: key.customer, tag })),
      at: { PK: 'TAGS#<customer>', SK: 'TAG#<tag>' },
    }),
  },
});

/** The shop later still: each tag has the sum of the orders' totals, in the row where the orders were counted. */
export const SUMMED = defineTable({
  keys,
  rows: { order },
  derive: {
    tags: counts(order, {
      by: ({ attributes }) => attributes.tags.map((tag) => ({ tag })),
      amount: 'total',
      at: { PK: 'TAG#<tag>', SK: 'ORDERS' },
    }),
  },
});

/** Keys of bytes and a number, both in rows and in their counts. */
const bytesAndNumber = { partition: { name: 'file', type: 'B' }, sort: { name: 'at', type: 'N' } } as const;
const reading = row(
  { file: '<file>', at: '<time>' },
  { parts: { file: { without: '_' }, time: { without: '-' } } },
);

export const PER_HOUR = defineTable({
  keys: bytesAndNumber,
  rows: { reading },
  derive: { per_hour: counts(reading, { by: () => ({ hour: '6' }), at: { file: '____', at: '<hour>' } }) },
});
export const PER_FILE = defineTable({
  keys: bytesAndNumber,
  rows: { reading },
  derive: {
    per_file: counts(reading, { by: ({ key }) => ({ name: key.file }), at: { file: '<name>', at: '-1' } }),
  },
});

export function modelIn({ model }: TableDefinition, name: string): CountModel {
  const found = model.counts.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no derivation ${name}`);
  return found;
}

export const SPEND = modelIn(SHOP, 'spend');
export const TAGS = modelIn(SHOP, 'tags');

/** An order of a customer, as a derivation counts it. */
export function anOrder(model: CountModel, customer = unique('customer'), id = unique('order')): CountedRow {
  return { model, row: { model: SHOP.model.rows[0]!, parts: [customer, id] } };
}

/** What is counted for a row: the tuples, each with an amount or 1. */
export function counting(
  model: CountModel,
  sequence: string | number,
  ...held: readonly (readonly [tuple: Tuple, amount?: string])[]
): CountState {
  return {
    version: version(sequence, '2026-01-05T09:00:00.000'),
    contributions: held.map(([tuple, amount = '1']) =>
      contributionOf(model, { tuple, amount: decimal(amount) }),
    ),
    removed: false,
  };
}
