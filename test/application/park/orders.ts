import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { effect, type EffectContext } from '../../../src/domain/definition/effect.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import type { Plain, TableRow } from '../../support/stream-records.ts';

const KEY = { PK: 'P#<pk>', SK: 'S#<sk>' } as const;

/** A total that is no number is poison, for the revenue alone. */
export interface Order {
  readonly status: string;
  readonly total: number;
}

const order = row(KEY).with<Order>();

/** An order's total, as far as it is told by its row: poison has none. */
export type Run = (
  what: { readonly item: string; readonly total: Plain },
  context: EffectContext,
  id: string,
) => unknown;

/** A table of orders from which all kinds of things are derived, with an effect. */
export function orders(run: Run = () => undefined) {
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { order },
    derive: {
      search: documents(order, { collection: 'orders', fields: ['total'] }),
      revenue: counts(order, {
        by: ['status'],
        amount: 'total',
        at: { PK: 'REVENUE#<status>', SK: 'TOTAL' },
      }),
      copy: rows(order, {
        of: ({ key, attributes }) => ({
          table: 'orders',
          key: { id: key.pk + key.sk },
          attributes: { total: attributes.total },
        }),
      }),
      created: rows(order, {
        on: ['INSERT'],
        keep: true,
        of: ({ key, change }) => ({
          table: 'created',
          key: { id: `${key.pk}${key.sk}`, at: String(change.at) },
          attributes: {},
        }),
      }),
      latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['total'] }),
      mail: effect(order, {
        attempts: 1,
        run: ({ id, key, after }, context) =>
          run({ item: `${key.pk}${key.sk}`, total: (after?.total ?? 'gone') as Plain }, context, id),
      }),
    },
  });
}

export function orderRow(pk: string, sk: string, total: Plain = 0, status = 'open'): TableRow {
  return { PK: `P#${pk}`, SK: `S#${sk}`, status, total };
}

export const POISON = 'none';
