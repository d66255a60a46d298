import { test } from 'node:test';
import { testing } from 'contrail/testing';
import definition from './contrail.config.js';

const { given, rows } = testing(definition);
const { product } = rows;

const lamp = { name: 'Lamp', category: 'bedroom', price: 49.9 };

test('a product that moves to another category is counted there', async () => {
  await given([product({ id: 'p-1' }, lamp), product({ id: 'p-2' }, lamp)])
    .when(product.update({ id: 'p-1' }, { category: 'kitchen' }), { times: 2 })
    .then({
      counts: {
        products_by_category: [
          { category: 'bedroom', count: 1 },
          { category: 'kitchen', count: 1 },
        ],
      },
      documents: {
        products: {
          'p-1': { id: 'p-1', ...lamp, category: 'kitchen' },
          'p-2': { id: 'p-2', ...lamp },
        },
      },
      drift: [],
    });
});
