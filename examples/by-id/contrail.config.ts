import { counts, defineTable, documents, row } from 'contrail';

interface Product {
  readonly name: string;
  readonly category: string;
  readonly price: number;
}

/** Everything lies under one attribute, so products say how their ids differ from those of the counts. */
const product = row({ id: '<id>' }, { parts: { id: { without: '#' } } }).with<Product>();

export default defineTable({
  keys: { partition: 'id' },
  rows: { product },
  derive: {
    product_search: documents(product, { collection: 'products', fields: ['name', 'category', 'price'] }),
    products_by_category: counts(product, { by: ['category'], at: { id: 'CATEGORY#<category>' } }),
  },
});
