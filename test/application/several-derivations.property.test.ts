import { expect } from 'chai';
import fc from 'fast-check';
import { comparableFields } from '../support/comparable.ts';
import { decimal } from '../support/factories.ts';
import { SourceTable, type StreamRecord, type TableRow } from '../support/stream-records.ts';
import { ForgetfulQueue } from './doubles.ts';
import { aWorkerOf, backendOf, orderRow, SHOP } from './shop.ts';
import { derivedBy } from './worker.ts';

const STATUSES = ['open', 'paid', 'void'];

interface Stored {
  readonly customer: string;
  readonly id: string;
  readonly status: string;
  readonly total: number;
}

interface History {
  readonly records: readonly StreamRecord[];
  readonly orders: readonly Stored[];
}

/** Orders out of so few that most changes meet one that is there; some are removed. */
const history: fc.Arbitrary<History> = fc
  .array(
    fc.record({
      customer: fc.constantFrom('A', 'B'),
      id: fc.constantFrom('1', '2', '3'),
      status: fc.constantFrom(...STATUSES),
      total: fc.integer({ min: -3, max: 3 }),
      removed: fc.nat(2).map((dice) => dice === 0),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((steps) => {
    const table = new SourceTable({ firstSequence: 95n });
    const orders = new Map<string, Stored>();
    const records = steps.map(({ removed, ...order }) => {
      const { customer, id, status, total } = order;
      const row: TableRow = orderRow(customer, id, { status, total });
      if (removed && table.has(row)) {
        orders.delete(row.PK + row.SK);
        return table.remove(row);
      }
      orders.set(row.PK + row.SK, order);
      return table.put(row);
    });
    return { records, orders: [...orders.values()] };
  });

/** What must be derived, written down once more. The first order of a customer may be any. */
function expectTrue(
  { documents, counts, defaults }: Awaited<ReturnType<typeof derivedBy>>,
  orders: readonly Stored[],
): void {
  expect(documents).to.have.deep.members(
    orders.flatMap(({ customer, id, status, total: number }) => {
      const [key, total] = [`${customer}:${id}`, decimal(String(number))];
      const open = ['open_orders', key, comparableFields({ id: key, customer, total })];
      const found = ['orders', key, comparableFields({ id: key, status, total })];
      return status === 'open' ? [open, found] : [found];
    }),
  );

  const totalOf = (some: readonly Stored[]) => some.reduce((sum, { total }) => sum + total, 0);
  expect(counts).to.have.deep.members([
    ...STATUSES.flatMap((status) => {
      const some = orders.filter((order) => order.status === status);
      return some.length === 0
        ? []
        : [
            [status, some.length],
            [status, totalOf(some)],
          ];
    }),
    ...(orders.length === 0 ? [] : [['all', totalOf(orders)]]),
  ]);

  for (const customer of ['A', 'B']) {
    const own = orders.filter((order) => order.customer === customer);
    const pointers = defaults.filter(([of]) => of === customer);
    const newest = own.toSorted((a, b) => (a.id < b.id ? -1 : 1)).at(-1);
    expect(pointers).to.have.length(newest === undefined ? 0 : 2);
    if (newest === undefined) continue;
    const total = decimal(String(newest.total));
    expect(pointers).to.deep.include([customer, newest.id, comparableFields({ order: newest.id, total })]);
    const asFirst = own.map(({ id, status }) => [customer, id, comparableFields({ order: id, status })]);
    expect(asFirst.filter((one) => pointers.some((each) => JSON.stringify(each) === JSON.stringify(one)))).to
      .not.be.empty;
  }
}

describe('whatever is delivered of rows from which several things are derived', () => {
  it('one by one, in order: everything derived is what the rows say', async () => {
    await fc.assert(
      fc.asyncProperty(history, async ({ records, orders }) => {
        const { handle, backend } = aWorkerOf(SHOP);
        for (const record of records) await handle(record);
        expectTrue(await derivedBy(backend), orders);
      }),
      { numRuns: 150 },
    );
  });

  it('in no order at all, in any batches, some delivered again: it is the same', async () => {
    const shuffled = history.chain(({ records, orders }) =>
      fc.record({
        orders: fc.constant(orders),
        order: fc.shuffledSubarray([...records, ...records.slice(0, 5)], {
          minLength: records.length + Math.min(5, records.length),
        }),
        size: fc.integer({ min: 1, max: 12 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(shuffled, async ({ orders, order, size }) => {
        const backend = { ...backendOf(SHOP), queue: new ForgetfulQueue() };
        const { handle } = aWorkerOf(SHOP, { backend });
        for (let from = 0; from < order.length; from += size) await handle(...order.slice(from, from + size));
        expectTrue(await derivedBy(backend), orders);
      }),
      { numRuns: 300 },
    );
  });
});
