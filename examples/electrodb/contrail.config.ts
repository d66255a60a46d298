import { counts, defineTable, documents, pointer, row } from 'contrail';

interface Order {
  readonly customer: string;
  readonly order: string;
  readonly status: 'draft' | 'paid';
  readonly total: number;
}

// ElectroDB's keys: `$service#attribute_value`, and `$entity_version#attribute_value`, in lower case. The attributes that tell
// its entities apart are asked for too, as ElectroDB does it itself when it reads.
const order = row(
  { pk: '$shop#customer_<customer>', sk: '$order_1#order_<order>' },
  { when: { __edb_e__: 'order', __edb_v__: '1' } },
).with<Order>();

export default defineTable({
  keys: { partition: 'pk', sort: 'sk' },
  rows: { order },
  derive: {
    order_search: documents(order, {
      collection: 'orders',
      fields: ['customer', 'order', 'status', 'total'],
    }),
    // Derived rows are at keys of ElectroDB's form, so that entities of these names read them (electrodb.test.ts).
    spend: counts(order, {
      by: ({ key, attributes }) => (attributes.status === 'paid' ? { customer: key.customer } : undefined),
      amount: 'total',
      as: 'spent',
      at: { pk: '$shop#customer_<customer>', sk: '$spend_1' },
    }),
    latest: pointer(order, {
      at: { sk: '$latest_1' },
      choose: 'newest',
      repeat: ['customer', 'status', 'total'],
    }),
  },
});
