/** The definition of `PROVED` as a user's file has it, for commands in processes of their own: both say the same. */
export const PROVED_FILE = `
import { counts, defineTable, documents, pointer, row, rows } from 'contrail';
const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
export default defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: {
    search: documents(order, {
      collection: 'orders',
      where: ({ attributes }) => !attributes.status.endsWith('draft'),
      fields: ['status', 'total'],
    }),
    tags: counts(order, { by: ['status'], at: { PK: 'STATUS#<status>', SK: 'ORDERS' } }),
    spend: counts(order, {
      by: ({ key }) => ({ customer: key.customer }),
      amount: 'total',
      at: { PK: 'CUSTOMER#<customer>', SK: 'SPEND' },
    }),
    latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status'] }),
    first: pointer(order, { at: { SK: 'FIRST' }, choose: 'keep', repeat: ['total'] }),
    copies: rows(order, {
      of: ({ key, attributes }) => [
        { key: { PK: 'COPY', SK: key.customer + '/' + key.order }, attributes: { status: attributes.status } },
        { table: 'audit', key: { id: key.customer + '/' + key.order }, attributes: { total: attributes.total } },
      ],
    }),
  },
});
`;
