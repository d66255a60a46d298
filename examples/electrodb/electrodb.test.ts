import assert from 'node:assert/strict';
import { test } from 'node:test';
import { including, testing } from 'contrail/testing';
import { Entity } from 'electrodb';
import definition from './contrail.config.js';

const service = 'shop';
const version = '1';

/** The table's own entity. */
const Order = new Entity(
  {
    model: { entity: 'order', service, version },
    attributes: {
      customer: { type: 'string', required: true },
      order: { type: 'string', required: true },
      status: { type: ['draft', 'paid'] as const, required: true },
      total: { type: 'number', required: true },
    },
    indexes: {
      primary: { pk: { field: 'pk', composite: ['customer'] }, sk: { field: 'sk', composite: ['order'] } },
    },
  },
  { table: 'shop' },
);

/** Those that read what is derived. */
const Spend = new Entity(
  {
    model: { entity: 'spend', service, version },
    attributes: { customer: { type: 'string', required: true }, spent: { type: 'number' } },
    indexes: {
      primary: { pk: { field: 'pk', composite: ['customer'] }, sk: { field: 'sk', composite: [] } },
    },
  },
  { table: 'shop' },
);
const Latest = new Entity(
  {
    model: { entity: 'latest', service, version },
    attributes: {
      customer: { type: 'string', required: true },
      order: { type: 'string' },
      status: { type: 'string' },
      total: { type: 'number' },
    },
    indexes: {
      primary: { pk: { field: 'pk', composite: ['customer'] }, sk: { field: 'sk', composite: [] } },
    },
  },
  { table: 'shop' },
);

const { given, rows } = testing(definition);
const first = { customer: 'anna', order: '2026-001' };
const second = { customer: 'anna', order: '2026-002' };

/** An order as ElectroDB writes it. */
function itemOf(key: typeof first, status: 'draft' | 'paid', total: number): Item {
  return Order.put({ ...key, status, total }).params<{ readonly Item: Item }>().Item;
}

/** The same for a test, which makes keys by their parts. */
function written(...order: Parameters<typeof itemOf>) {
  const { pk, sk, ...attributes } = itemOf(...order);
  const found = rows.order(order[0], attributes);
  assert.deepEqual(found.keys, { pk, sk });
  return found;
}

interface Item {
  readonly pk: string;
  readonly sk: string;
  readonly customer: string;
  readonly order: string;
  readonly status: 'draft' | 'paid';
  readonly total: number;
}

test('rows are where ElectroDB puts them, with its marks', () => {
  assert.deepEqual(itemOf(first, 'paid', 20), {
    ...{ pk: '$shop#customer_anna', sk: '$order_1#order_2026-001' },
    ...{ ...first, status: 'paid', total: 20 },
    ...{ __edb_e__: 'order', __edb_v__: '1' },
  });
});

test('each order is a document, what is paid is added up, and the newest is pointed to', async () => {
  await given(written(first, 'paid', 19.95))
    .when(written(second, 'draft', 5))
    .when(rows.order.update(second, { status: 'paid', total: 0.05 }), { times: 2 })
    .then({
      documents: {
        orders: {
          'anna:2026-001': including({ ...first, status: 'paid', total: 19.95 }),
          'anna:2026-002': including({ ...second, status: 'paid', total: 0.05 }),
        },
      },
      counts: { spend: [{ customer: 'anna', spent: 20 }] },
      pointers: { latest: [{ ...second, status: 'paid', total: 0.05 }] },
      drift: [],
    });
});

test('a row of another entity at such a key is none', async () => {
  const other = rows.order(first, { ...first, status: 'paid', total: 1, __edb_e__: 'parcel' } as never);
  await given()
    .when(other)
    .then({ documents: { orders: {} }, counts: { spend: [] }, pointers: { latest: [] } });
});

test('what is derived is where entities of ElectroDB ask for it', () => {
  const { Key: spend } = Spend.get({ customer: 'anna' }).params<{ readonly Key: object }>();
  const { Key: latest } = Latest.get({ customer: 'anna' }).params<{ readonly Key: object }>();
  assert.deepEqual(spend, { pk: '$shop#customer_anna', sk: '$spend_1' });
  assert.deepEqual(latest, { pk: '$shop#customer_anna', sk: '$latest_1' });
});
