import { counts, defineTable, documents, row } from 'contrail';

interface Order {
  readonly status: 'draft' | 'paid';
  readonly total: number;
}

interface Ticket {
  readonly status: 'open' | 'closed';
  readonly subject: string;
}

// All that a customer has lies under ids of one form, so a row's key does not tell what it is: `_type` does. The rows that the
// worker writes have a # in their sort key, and are none of these.
const key = { PK: 'CUSTOMER#<customer>', SK: '<id>' } as const;
const parts = { id: { without: '#' } } as const;
const order = row(key, { parts, when: { _type: 'Order' } }).with<Order>();
const ticket = row(key, { parts, when: { _type: 'Ticket' } }).with<Ticket>();

export default defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order, ticket },
  derive: {
    order_search: documents(order, { collection: 'orders', fields: ['status', 'total'] }),
    ticket_search: documents(ticket, { collection: 'tickets', fields: ['status', 'subject'] }),
    // How many tickets of a customer are open, beside them.
    open_tickets: counts(ticket, {
      by: ({ key, attributes }) => (attributes.status === 'open' ? { customer: key.customer } : undefined),
      at: { PK: 'CUSTOMER#<customer>', SK: 'COUNT#OPEN' },
    }),
  },
});
