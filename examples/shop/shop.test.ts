import assert from 'node:assert/strict';
import { test } from 'node:test';
import { including, testing } from 'contrail/testing';
import shop from './contrail.config.js';

const { given, rows } = testing(shop);
const { order } = rows;

const first = { customer: 'anna', order: '2026-001' };
const second = { customer: 'anna', order: '2026-002' };
const at = { placed_at: '2026-01-05T09:00:00Z' };

const table = given([
  order(first, { ...at, status: 'paid', total: 19.95, tags: new Set(['books']) }),
  order(second, { ...at, status: 'draft', total: 5 }),
]);

test('a draft is not found, and not spent', async () => {
  await table.then({
    documents: { orders: { 'anna:2026-001': including({ status: 'paid', total: 19.95 }) } },
    counts: { spend: [{ customer: 'anna', spent: 19.95 }], orders_by_tag: [{ tag: 'books', count: 1 }] },
    pointers: { latest: [{ ...second, ...at, status: 'draft', total: 5 }] },
  });
});

test('a draft that is paid is, once, even if that comes three times', async () => {
  await table.when(order.update(second, { status: 'paid', total: 0.05 }), { times: 3 }).then({
    documents: { orders: including({ 'anna:2026-002': including({ total: 0.05 }) }) },
    counts: { spend: [{ customer: 'anna', spent: 20 }] },
    sent: ['upsert orders/anna:2026-002'],
    drift: [],
  });
});

test('of an order that is gone the audit remains, and nothing else', async () => {
  const gone = table.when([order.remove(first), order.expire(second)], {
    ...{ times: 2, batch: 1, redelivery: 'reversed' },
  });
  const { rows: derived } = await gone.then({
    documents: { orders: {} },
    counts: { spend: [], orders_by_tag: [] },
    pointers: { latest: [] },
    drift: [],
  });
  assert.deepEqual(derived['audit']?.map(({ id }) => id).sort(), ['anna/2026-001', 'anna/2026-002']);
});
