import { test } from 'node:test';
import { including, testing } from 'contrail/testing';
import definition from './contrail.config.js';

const { given, rows } = testing(definition);
const { order, ticket } = rows;
const first = { customer: 'anna', id: '1' };

const asTicket = ticket(first, { status: 'open', subject: 'Where is it?' });
const asOrder = order(first, { status: 'paid', total: 20 });

test('rows with keys alike are of the kind that their attribute says', async () => {
  const second = order({ customer: 'anna', id: '2' }, { status: 'draft', total: 5 });
  await given()
    .when([asTicket, second])
    .then({
      documents: {
        orders: { 'anna:2': including({ status: 'draft', total: 5 }) },
        tickets: { 'anna:1': including({ status: 'open', subject: 'Where is it?' }) },
      },
      counts: { open_tickets: [{ customer: 'anna', count: 1 }] },
      drift: [],
    });
});

test('a ticket that becomes an order is gone as a ticket, and there as an order, even if that comes twice', async () => {
  await given(asTicket)
    .when(asOrder, { times: 2 })
    .then({
      documents: { orders: { 'anna:1': including({ total: 20 }) }, tickets: {} },
      counts: { open_tickets: [] },
      sent: ['upsert orders/anna:1', 'delete tickets/anna:1'],
      drift: [],
    });
});

test('without the images nobody can tell, so the change fails, and the message says which view type to set', async () => {
  const keysOnly = testing(definition, { view: 'KEYS_ONLY' });
  await keysOnly
    .given()
    .when(asTicket)
    .then({ failures: [/is told from others by its _type: set the table's StreamViewType/] });
});
