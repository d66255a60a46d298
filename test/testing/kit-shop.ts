import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { effect, skip } from '../../src/domain/definition/effect.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';

interface Order {
  readonly status: 'draft' | 'paid' | 'shipped';
  readonly total?: number;
  readonly tags?: ReadonlySet<string>;
  readonly note?: string;
}

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<Order>();
const spendOf = row({ PK: 'CUSTOMER#<customer>', SK: 'SPEND' }).with<{ spent: number; rows: number }>();
const latestOf = row({ PK: 'CUSTOMER#<customer>', SK: 'LATEST' }).with<{ total?: number }>();
const tagged = row({ PK: 'TAGGED#<tag>', SK: '<of>' }).with<{ status: string }>();

/** A shop in which more is derived from each kind of derived row. */
export const shop = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order, latestOf, spendOf, tagged },
  derive: {
    found: documents(order, {
      collection: 'orders',
      fields: ['status', 'total'],
      where: ({ attributes }) => attributes.status !== 'draft',
    }),
    spend: counts(order, {
      by: ({ key }) => ({ customer: key.customer }),
      amount: 'total',
      at: { PK: 'CUSTOMER#<customer>', SK: 'SPEND' },
      as: 'spent',
    }),
    orders: counts(order, {
      by: ({ key }) => ({ customer: key.customer }),
      at: { PK: 'CUSTOMER#<customer>', SK: 'ORDERS' },
    }),
    latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['total'] }),
    by_tag: rows(order, {
      of: ({ key, attributes }) =>
        [...(attributes.tags ?? [])].map((tag) => ({
          key: { PK: `TAGGED#${tag}`, SK: `${key.customer}-${key.order}` },
          attributes: { status: attributes.status },
        })),
    }),
    audit: rows(order, {
      on: ['INSERT'],
      keep: true,
      of: ({ key, change }) => ({
        table: 'audit',
        key: { id: `${key.customer}-${key.order}` },
        attributes: { at: change.at },
      }),
    }),
    customers: documents(spendOf, { collection: 'customers', fields: ['spent', 'rows'] }),
    newest: documents(latestOf, { collection: 'newest', fields: ['total'] }),
    tags: counts(tagged, { by: ({ key }) => ({ tag: key.tag }), at: { PK: 'TAGS', SK: 'TAG#<tag>' } }),
    told: effect(spendOf, { run: ({ after }) => (after === undefined ? skip('gone') : undefined) }),
  },
});
