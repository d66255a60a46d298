import { defineTable, effect, type EffectChange, Fault, row, skip, type Skipped } from 'contrail';
import type { Hours, Sale } from './hours.js';

interface Order {
  readonly status: 'draft' | 'paid' | 'shipped';
  readonly cents: number;
}

const KEY = { id: '<order>' } as const;
const order = row(KEY).with<Order>();

/** What is paid for in each hour, and where: added up by code of one's own. */
export function revenueTable(hours: Hours) {
  return defineTable({
    keys: { partition: 'id' },
    rows: { order },
    derive: {
      revenue: effect(order, {
        attempts: 3,
        timeoutMs: 2_000,
        backoff: { baseMs: 50, capMs: 5_000 },
        run: (change, { once }) => {
          const sale = decode(change);
          if ('why' in sale) return sale;
          once(hours.adding(sale));
          return undefined;
        },
      }),
    },
  });
}

/** Makes of a change what is added up. It sees all of the record: the operation, both images, and the region that it is from. */
export function decode(change: EffectChange<typeof KEY, Order>): Sale | Skipped {
  const { operation, before, after, at, record } = change;
  if (operation === 'REMOVE' || after === undefined) return skip('what was paid stays paid');
  if (!['draft', 'paid', 'shipped'].includes(after.status) || !Number.isSafeInteger(after.cents))
    throw new Fault('permanent', `order ${change.key.order} is no order: ${JSON.stringify(after)}`, {
      reason: 'a row is no order',
    });
  if (after.status !== 'paid' || before?.status === 'paid') return skip('it was not paid by this change');
  // By the change's own time: whenever it comes again, it is of the same hour.
  const hour = new Date(at ?? 0).toISOString().slice(0, 13);
  return { hour: `${record.awsRegion ?? 'elsewhere'} ${hour}`, cents: after.cents };
}
