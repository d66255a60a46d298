import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';

/* Another table than the fleet's: customers and their orders. */

interface Order {
  /** As the key says. */
  readonly customer?: string;
  readonly status: string;
  readonly total?: number;
  readonly weight?: number;
  readonly tags?: ReadonlySet<string>;
}

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<Order>();
const customer = row({ PK: 'CUSTOMER#<customer>', SK: 'PROFILE' }).with<{ readonly name: string }>();

export const shop = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order, customer },
  derive: {
    orders: documents(order, {
      collection: 'orders',
      fields: ['status', 'total'],
      where: ({ attributes }) => attributes.status !== 'draft',
    }),
    customers: documents(customer, {
      collection: 'customers',
      fields: ({ key, attributes }) => ({ customer: key.customer, upper: attributes.name.toUpperCase() }),
    }),
    spend: counts(order, {
      by: ({ key }) => ({ customer: key.customer }),
      amount: 'total',
      at: { PK: 'CUSTOMER#<customer>', SK: 'SPEND' },
    }),
    weights: counts(order, {
      by: ({ key, attributes }) =>
        attributes.status === 'draft' ? undefined : { status: attributes.status, customer: key.customer },
      amount: ({ attributes }) => (attributes.weight === undefined ? undefined : attributes.weight / 2),
      at: { PK: 'WEIGHT#<status>', SK: 'OF#<customer>' },
    }),
    tags: counts(order, {
      by: ({ attributes }) => [...(attributes.tags ?? [])].map((tag) => ({ tag })),
      at: { PK: 'TAG#<tag>', SK: 'COUNT' },
      as: 'orders',
    }),
    latest: pointer(order, {
      at: { SK: 'LATEST' },
      choose: 'newest',
      repeat: ['status', 'total', 'customer'],
    }),
    tagged: rows(order, {
      of: ({ key, attributes: { status, total, tags = [] } }) =>
        status === 'draft'
          ? undefined
          : [...tags].map((tag) => ({
              ...(tag === 'b' ? { table: 'other' } : {}),
              key: { PK: `TAGGED#${tag}`, SK: JSON.stringify([key.customer, key.order]) },
              attributes: { status, total },
            })),
    }),
    first: pointer(order, { at: { SK: 'FIRST' }, choose: 'keep', repeat: ['status'] }),
  },
});

/** The keys of rows that are counted in it hold a #. */
const thing = row({ id: '<id>' }, { parts: { id: { without: '#' } } }).with<{
  readonly kind?: string;
  readonly price?: number;
}>({ numbers: 'exact' });

/** A table whose key is one attribute. */
export const things = defineTable({
  keys: { partition: 'id' },
  rows: { thing },
  derive: {
    catalogue: documents(thing, { collection: 'things', fields: ['kind', 'price'] }),
    kinds: counts(thing, { by: ['kind'], at: { id: 'KIND#<kind>' } }),
    worth: counts(thing, { by: () => ({}), amount: 'price', at: { id: 'ALL#WORTH' }, as: 'sum' }),
  },
});
