import { counts, defineTable, documents, pointer, row, rows } from 'contrail';

interface Order {
  readonly status: 'draft' | 'paid' | 'shipped' | 'cancelled';
  readonly total: number;
  readonly tags?: Set<string>;
  readonly placed_at: string;
}

/** Orders lie with their customer. An order's id sorts by time. */
const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<Order>();

export default defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: {
    // What can be searched for: every order but drafts.
    order_search: documents(order, {
      collection: 'orders',
      fields: ['status', 'total', 'tags', 'placed_at'],
      where: ({ attributes }) => attributes.status !== 'draft',
    }),
    // What each customer has spent, to the cent, in a row beside the orders.
    spend: counts(order, {
      by: ({ key, attributes }) =>
        attributes.status === 'paid' || attributes.status === 'shipped'
          ? { customer: key.customer }
          : undefined,
      amount: 'total',
      at: { PK: 'CUSTOMER#<customer>', SK: 'SPEND' },
      as: 'spent',
    }),
    // How many orders have each tag: an order counts once for every one that it has.
    orders_by_tag: counts(order, {
      by: ({ attributes }) => [...(attributes.tags ?? [])].map((tag) => ({ tag })),
      at: { PK: 'TAGS', SK: 'TAG#<tag>' },
    }),
    // The customer's latest order, at a key that is known.
    latest: pointer(order, {
      at: { SK: 'LATEST' },
      choose: 'newest',
      repeat: ['status', 'total', 'placed_at'],
    }),
    // One entry for each order that was placed, in a table of its own, whatever becomes of the order.
    audit: rows(order, {
      on: ['INSERT'],
      keep: true,
      of: ({ key, attributes, change }) => [
        {
          table: 'audit',
          key: { id: `${key.customer}/${key.order}` },
          attributes: { total: attributes.total, placed_at: attributes.placed_at, seen_at: change.at },
        },
      ],
    }),
  },
});
