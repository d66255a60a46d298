import { counts } from '../../../src/domain/definition/counts.ts';
import {
  type Derivation,
  defineTable,
  type TableDefinition,
} from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { effect, skip } from '../../../src/domain/definition/effect.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import { makeItems } from '../../../src/simulation/rows/make-items.ts';
import { subjectOf } from '../../../src/simulation/subjects/subject-of.ts';
import { chanceOf } from '../../../src/simulation/world/chance.ts';
import type { Subject } from '../../../src/simulation/world/subject.ts';

interface Order {
  readonly status: string;
  readonly total: number;
  readonly lines?: readonly string[];
}

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<Order>();
/** Derived from orders, and itself what more is derived from. */
const line = row({ PK: 'LINE#<customer>', SK: '<order>#<product>' }).with<{ readonly product: string }>();
const spending = row({ PK: 'CUSTOMER#<customer>', SK: 'SPENT' }).with<{ readonly spent: number }>();

const derive: Record<string, Derivation> = {
  order_search: documents(order, {
    collection: 'orders',
    fields: ['status', 'total'],
    where: ({ attributes }) => attributes.status !== 'draft',
  }),
  spent: counts(order, {
    by: ({ key, attributes }) => (attributes.status === 'paid' ? { customer: key.customer } : undefined),
    amount: 'total',
    at: { PK: 'CUSTOMER#<customer>', SK: 'SPENT' },
    as: 'spent',
  }),
  orders_by_status: counts(order, { by: ['status'], at: { PK: 'STATUS', SK: 'STATUS#<status>' } }),
  latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status', 'total'] }),
  lines: rows(order, {
    of: ({ key, attributes: { lines = [] } }) =>
      [...new Set(lines)].map((product) => ({
        key: { PK: `LINE#${key.customer}`, SK: `${key.order}#${product}` },
        attributes: { product },
      })),
  }),
  audit: rows(order, {
    keep: true,
    of: ({ key, attributes, change }) => ({
      table: 'audit',
      key: { id: `${key.customer}/${key.order}/${change.operation}/${attributes.status}` },
      attributes: { total: attributes.total },
    }),
  }),
  told: effect(order, {
    where: ({ after }) => after?.status !== 'draft',
    run: ({ operation }, { once }) => {
      if (operation === 'REMOVE') return skip('gone');
      once(() => undefined);
      return undefined;
    },
  }),
  told_together: effect(order, { on: ['INSERT', 'MODIFY'], runBatch: () => undefined }),
  line_search: documents(line, { collection: 'lines', fields: ['product'] }),
  lines_by_product: counts(line, { by: ['product'], at: { PK: 'PRODUCTS', SK: 'PRODUCT#<product>' } }),
  spent_search: documents(spending, { collection: 'customers', fields: ['spent'] }),
};

function shopWith(more: Readonly<Record<string, Derivation>>): TableDefinition {
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { order, line, spending },
    derive: { ...derive, ...more },
  });
}

const ROWS = {
  order: [
    { status: 'draft', total: 1, lines: ['pen'] },
    { status: 'paid', total: 2.5, lines: ['pen', 'ink'] },
    { status: 'paid', total: -1 },
    { status: 'shipped', total: 2.5, lines: ['ink'], note: 'unread' },
  ],
  line: [{ product: 'pen' }, { product: 'ink' }],
  spending: [{ spent: 1 }],
};

const definition = shopWith({});

const later = shopWith({
  orders_by_status: counts(order, { by: ['status'], at: { PK: 'STATUSES', SK: 'IS#<status>' } }),
});

/** A shop with derivations of every kind, two counts of one row, and chains over derived rows and over counts. */
export const SHOP: Subject = subjectOf({
  definition,
  later,
  items: makeItems(definition, chanceOf(1, 'items'), { rows: ROWS, perKind: 4, later }),
  code: {},
});
