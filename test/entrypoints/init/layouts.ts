import { marshall } from '@aws-sdk/util-dynamodb';
import { Entity } from 'electrodb';
import { range } from '../../support/range.ts';

/** A row in DynamoDB's JSON. */
export type Item = Readonly<Record<string, object>>;

/** A table as people lay it out, and what must be proposed for it. */
export interface Layout {
  readonly keys: readonly string[];
  readonly items: readonly Item[];
  /** Templates of the kinds, by the kinds' names. */
  readonly kinds: Readonly<Record<string, readonly string[]>>;
  /** Rows that fit none. */
  readonly others: number;
}

const item = (row: Record<string, unknown>): Item => marshall(row, { removeUndefinedValues: true });
const day = (n: number) =>
  `2026-${String((n % 12) + 1).padStart(2, '0')}-${String((n % 28) + 1).padStart(2, '0')}`;
const uuid = (n: number) => `018f2f6e-0000-7000-8000-${String(n).padStart(12, '0')}`;
const one = <T>(of: readonly T[], n: number) => of[n % of.length] as T;

function shop(): Item[] {
  const customers = range(40).map((n) =>
    item({
      ...{
        PK: `CUSTOMER#c${n}`,
        SK: 'PROFILE',
        customer_id: `c${n}`,
        name: `Customer ${n}`,
        email: `${n}@example.org`,
      },
      ...(n % 3 === 0 ? { phone: `+49 ${n}` } : {}),
    }),
  );
  const orders = range(120).map((n) =>
    item({
      ...{ PK: `CUSTOMER#c${n % 40}`, SK: `ORDER#${1000 + n}`, order_id: `${1000 + n}` },
      ...{ status: one(['open', 'paid', 'shipped'], n), total: n * 1.25, tags: new Set(['a', `t${n % 4}`]) },
      address: { street: `Street ${n}`, ...(n % 2 === 0 ? { floor: n } : {}) },
    }),
  );
  const items = range(240).map((n) =>
    item({
      ...{ PK: `CUSTOMER#c${n % 40}`, SK: `ORDER#${1000 + (n % 120)}#ITEM#${n}`, sku: `S-${n % 17}` },
      ...{ quantity: (n % 5) + 1, price: 9.5, options: n % 3 === 0 ? [] : [{ name: 'size', value: n }] },
    }),
  );
  return [...customers, ...orders, ...items];
}

function electro(): Item[] {
  const base = { version: '1', service: 'store' };
  const customer = new Entity(
    {
      model: { entity: 'customer', ...base },
      attributes: { customerId: { type: 'string' }, name: { type: 'string' }, city: { type: 'string' } },
      indexes: {
        main: { pk: { field: 'pk', composite: ['customerId'] }, sk: { field: 'sk', composite: [] } },
      },
    } as const,
    { table: 't' },
  );
  const order = new Entity(
    {
      model: { entity: 'order', ...base },
      attributes: { customerId: { type: 'string' }, orderId: { type: 'string' }, total: { type: 'number' } },
      indexes: {
        main: { pk: { field: 'pk', composite: ['customerId'] }, sk: { field: 'sk', composite: ['orderId'] } },
      },
    } as const,
    { table: 't' },
  );
  const put = (params: unknown) => item((params as { Item: Record<string, unknown> }).Item);
  return [
    ...range(50).map((n) =>
      put(customer.put({ customerId: `C${n}`, name: `Name ${n}`, city: 'Ulm' }).params()),
    ),
    ...range(150).map((n) =>
      put(order.put({ customerId: `C${n % 50}`, orderId: uuid(n), total: n }).params()),
    ),
  ];
}

export const LAYOUTS: Readonly<Record<string, Layout>> = {
  'a single table with prefixes': {
    keys: ['PK', 'SK'],
    items: shop(),
    kinds: {
      item: ['CUSTOMER#<customer>', 'ORDER#<order>#ITEM#<item>'],
      order: ['CUSTOMER#<customer>', 'ORDER#<order_id>'],
      customer: ['CUSTOMER#<customer_id>', 'PROFILE'],
    },
    others: 0,
  },
  'plain ids': {
    keys: ['id'],
    items: range(300).map((n) =>
      item({
        id: uuid(n),
        name: `Product ${n}`,
        category: one(['toys', 'books'], n),
        stock: n,
        sold: n % 2 === 0,
      }),
    ),
    kinds: { item: ['<id>'] },
    others: 0,
  },
  'plain ids, told apart by an attribute': {
    keys: ['id'],
    items: range(200).map((n) =>
      item(
        n % 2 === 0
          ? { id: uuid(n), _type: 'Author', name: `N ${n}`, born: 1900 + n }
          : { id: uuid(n), _type: 'Book', title: `T ${n}`, pages: n, isbn: `978-${n}` },
      ),
    ),
    kinds: { author: ['<id>'], book: ['<id>'] },
    others: 0,
  },
  "ElectroDB's": {
    keys: ['pk', 'sk'],
    items: electro(),
    kinds: {
      order: ['$store#customerid_<customerId>', '$order_1#orderid_<orderId>'],
      customer: ['$store#customerid_<customerId>', '$customer_1'],
    },
    others: 0,
  },
  'composite keys with dates': {
    keys: ['PK', 'SK'],
    items: [
      ...range(150).map((n) =>
        item({
          ...{
            PK: `DEVICE#d${n % 10}#${day(n)}`,
            SK: `READING#2026-01-05T09:${String(n % 60).padStart(2, '0')}:00Z#${n}`,
          },
          ...{ celsius: n / 10, battery: n % 100 },
        }),
      ),
      ...range(60).map((n) =>
        item({
          PK: `REGION#${one(['DE', 'AT'], n)}#CITY#city ${n}`,
          SK: `STATION#${n}`,
          opened: day(n),
          tracks: n % 7,
        }),
      ),
    ],
    kinds: {
      reading: ['DEVICE#<device>#<date>', 'READING#<reading>#<part>'],
      station: ['REGION#<region>#CITY#<city>', 'STATION#<station>'],
    },
    others: 0,
  },
  'rows that fit no pattern': {
    keys: ['PK', 'SK'],
    items: [
      ...shop(),
      ...['x', '12 34', '???', 'old-import/7', '#'].map((odd, n) =>
        item({ PK: odd, SK: `${n}!`, secret: 'hidden' }),
      ),
    ],
    kinds: {
      item: ['CUSTOMER#<customer>', 'ORDER#<order>#ITEM#<item>'],
      order: ['CUSTOMER#<customer>', 'ORDER#<order_id>'],
      customer: ['CUSTOMER#<customer_id>', 'PROFILE'],
    },
    others: 5,
  },
};

/** Names and texts that would do harm where code is made of them without care. */
export const HOSTILE: readonly Item[] = range(120).flatMap((n) => {
  const odd = one(
    ["it's", '"', '`${process.exit(3)}`', 'a\nb', '\u2028', '*/', '\\', '__proto__', '<x>', '#'],
    n,
  );
  return [
    marshall({ PK: `O'"\`\${1}\\#${odd}${n}`, SK: `A\n*/B#${odd}` }),
    marshall({ PK: `<${odd}>#${n}`, SK: '__proto__' }),
  ].map((row, kind) => ({
    ...row,
    ...Object.fromEntries(
      (kind === 0
        ? ['constructor', "a'b", '`${1}`', 'line\nbreak', '"', 'toString', 'default']
        : ['__proto__', 'hasOwnProperty', 'class', 'a-b', '\u2029']
      ).map((name) => [name, { S: one(["'; process.exit(3); '", '`', '${1}', '\\'], n) }]),
    ),
    nested: {
      M: Object.fromEntries([
        ['__proto__', { S: 'x' }],
        ["'", { N: '1' }],
      ]),
    },
  }));
});
