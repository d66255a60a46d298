import { expect } from 'chai';
import type { RowToBring } from '../../../src/application/bring-into-line/bring-into-line.ts';
import { ZERO_BROUGHT } from '../../../src/application/bring-into-line/bring-into-line.ts';
import type { CountModel } from '../../../src/domain/count.ts';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable, type Derivation } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { effect } from '../../../src/domain/definition/effect.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Plain, TableRow } from '../../support/stream-records.ts';
import { ScriptedMatcher } from '../doubles.ts';
import { changeIn } from '../derived-rows.ts';
import { FillWorld } from './fill-world.ts';

interface Order {
  readonly status: string;
  readonly total: number;
}

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<Order>();

const DERIVE = {
  search: documents(order, { collection: 'orders', fields: ['status', 'total'] }),
  spend: counts(order, { by: ['status'], amount: 'total', at: { PK: 'SPEND#<status>', SK: 'TOTAL' } }),
  copies: rows(order, {
    of: ({ key, attributes }) => ({
      table: 'copies',
      key: { id: key.order },
      attributes: { status: attributes.status },
    }),
  }),
  latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status'] }),
};

const tableOf = (derive: Readonly<Record<string, Derivation>>) =>
  defineTable({ keys: { partition: 'PK', sort: 'SK' }, rows: { order }, derive });

const SHOP = tableOf(DERIVE);

const orderRow = (id: string, status = 'open', total: Plain = 5): TableRow => ({
  PK: 'CUSTOMER#c',
  SK: `ORDER#${id}`,
  status,
  total,
});

const keyOf = ({ PK, SK }: TableRow): RowToBring => ({ key: { partition: PK, sort: SK } });

/** The sums of open and paid orders. */
const sumsIn = ({ matcher }: FillWorld): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...matcher.counts()].map(({ tuple, count }) => [tuple['status'] ?? '', Number(count.text)]),
  );

describe('BringIntoLine', () => {
  it('given rows from which nothing was ever derived, then everything is', async () => {
    const world = new FillWorld(SHOP);
    await world.put(orderRow('1'), { lost: true });
    await world.put(orderRow('2', 'paid'), { lost: true });
    const { faults, tally } = await world.filler().execute(await world.scanned());
    expect(faults).to.deep.equal([undefined, undefined]);
    expect(tally).to.deep.equal({ ...ZERO_BROUGHT, documents: 2, counts: 2, rows: 2, pointers: 1 });
    expect(await world.drift()).to.deep.equal([]);
  });

  it('given that it is done again, then only documents are written again, and nothing counts twice', async () => {
    const world = new FillWorld(SHOP);
    await world.put(orderRow('1'), { lost: true });
    await world.filler().execute(await world.scanned());
    await world.index();
    const { tally } = await world.filler().execute(await world.scanned());
    expect(tally).to.deep.equal({ ...ZERO_BROUGHT, documents: 1, unchanged: 3 });
    expect(await world.drift()).to.deep.equal([]);
    expect(sumsIn(world)).to.deep.equal({ open: 5 });
  });

  it('given changes that were lost, then what is derived is as the rows are now', async () => {
    const world = new FillWorld(SHOP);
    for (const id of ['1', '2', '3']) await world.put(orderRow(id));
    await world.handle();
    await world.index();
    await world.put(orderRow('1', 'paid', 9), { lost: true });
    await world.remove(orderRow('3'), { lost: true });
    expect(await world.driftNow()).to.have.length.above(4);
    const given = ['1', '2', '3'].map((id) => keyOf(orderRow(id)));
    const { faults } = await world.filler().execute(given);
    expect(faults).to.deep.equal([undefined, undefined, undefined]);
    expect(await world.drift()).to.deep.equal([]);
    expect(sumsIn(world)).to.deep.equal({ open: 5, paid: 9 });
  });

  it('given a row that was scanned before a change that is handled by now, then the change stays', async () => {
    const world = new FillWorld(SHOP);
    await world.put(orderRow('1'));
    const old = await world.scanned();
    await world.put(orderRow('1', 'paid', 9));
    await world.handle();
    await world.index();
    const { tally } = await world.filler().execute(old);
    expect(tally).to.include({ counts: 0, rows: 0 });
    expect(await world.drift()).to.deep.equal([]);
  });

  it('given a row that was scanned before its removal, which is handled by now, then it stays gone', async () => {
    const world = new FillWorld(SHOP);
    await world.put(orderRow('1'));
    const old = await world.scanned();
    await world.remove(orderRow('1'));
    await world.handle();
    await world.index();
    const { tally } = await world.filler().execute(old);
    expect(tally).to.deep.equal({ ...ZERO_BROUGHT, unchanged: 4 });
    expect(await world.drift()).to.deep.equal([]);
  });

  it('given a stream that is behind what was filled, then what is derived follows it to its end', async () => {
    const world = new FillWorld(SHOP);
    await world.put(orderRow('1', 'open', 1));
    await world.put(orderRow('1', 'paid', 2));
    await world.put(orderRow('1', 'open', 3));
    await world.filler().execute(await world.scanned());
    await world.index();
    expect(sumsIn(world)).to.deep.equal({ open: 3 });
    await world.handle(2);
    expect(sumsIn(world)).to.deep.equal({ paid: 2 });
    expect(await world.drift()).to.deep.equal([]);
    expect(sumsIn(world)).to.deep.equal({ open: 3 });
  });

  it('given that another fill of the same change gets in between, then both are done, one after the other', async () => {
    const world = new FillWorld(SHOP);
    await world.put(orderRow('1'));
    await world.handle();
    await world.put(orderRow('1', 'paid', 9), { lost: true });
    const given = [keyOf(orderRow('1'))];
    const rival = world.filler();
    const matcher: ScriptedMatcher = new ScriptedMatcher(
      {
        apply: async (moves) => {
          if (matcher.applies.length === 1) await rival.execute(given);
          return world.matcher.apply(moves);
        },
      },
      world.matcher,
    );
    const { faults } = await world.filler({ matcher }).execute(given);
    expect(faults).to.deep.equal([undefined]);
    expect(matcher.loads).to.have.lengthOf(2);
    expect(sumsIn(world)).to.deep.equal({ paid: 9 });
  });

  it('given a row that is removed and handled while it is written, then it is read again', async () => {
    const world = new FillWorld(SHOP);
    await world.put(orderRow('1'));
    const matcher: ScriptedMatcher = new ScriptedMatcher(
      {
        apply: async (moves) => {
          if (matcher.applies.length === 1) {
            await world.remove(orderRow('1'));
            await world.handle();
          }
          return world.matcher.apply(moves);
        },
      },
      world.matcher,
    );
    await world.filler({ matcher }).execute(await world.scanned());
    expect(await world.drift()).to.deep.equal([]);
  });

  it('given that a row went that held nothing, and its removal was lost, then it is noted to be gone', async () => {
    const world = new FillWorld(SHOP);
    const bare = { PK: 'CUSTOMER#c', SK: 'ORDER#1', status: 'open' };
    const change = await world.put(bare);
    await world.handle();
    await world.remove(bare, { lost: true });
    await world.filler().execute([keyOf(bare)]);
    const { row: source } = changeIn(SHOP, change);
    const [state] = await world.matcher.load([{ model: SHOP.model.counts[0] as CountModel, row: source }]);
    expect(state).to.include({ removed: true });
  });

  it('given a row that is to have no document any more, and whose change was lost, then its document goes', async () => {
    const open = tableOf({
      search: documents(order, {
        collection: 'orders',
        fields: ['total'],
        where: ({ attributes }) => attributes.status === 'open',
      }),
    });
    const world = new FillWorld(open);
    await world.put(orderRow('1'));
    await world.handle();
    await world.index();
    await world.put(orderRow('1', 'paid'), { lost: true });
    await world.filler().execute(await world.scanned());
    expect(await world.drift()).to.deep.equal([]);
    const { tally } = await world.filler().execute(await world.scanned());
    expect(tally).to.deep.equal({ ...ZERO_BROUGHT, unchanged: 1 });
  });

  it('given only some derivations, then the others stay as they are', async () => {
    const world = new FillWorld(SHOP);
    await world.put(orderRow('1'), { lost: true });
    const { tally } = await world
      .filler()
      .execute(await world.scanned(), undefined, (name) => name === 'spend' || name === 'latest');
    expect(tally).to.deep.equal({ ...ZERO_BROUGHT, counts: 1, pointers: 1 });
  });

  it('given a pointer whose rows are all gone, then its own row is enough to have it removed', async () => {
    const world = new FillWorld(SHOP);
    await world.put(orderRow('1'));
    await world.handle();
    await world.remove(orderRow('1'), { lost: true });
    const { tally } = await world.filler().execute([{ key: { partition: 'CUSTOMER#c', sort: 'LATEST' } }]);
    expect(tally).to.deep.equal({ ...ZERO_BROUGHT, pointers: 1 });
  });

  it('given keys of which no kind of row is, then there is nothing to do', async () => {
    const world = new FillWorld(SHOP);
    const { faults, tally } = await world.filler().execute([{ key: { partition: 'PILOT#1', sort: 'A' } }]);
    expect({ faults, tally }).to.deep.equal({ faults: [undefined], tally: ZERO_BROUGHT });
  });

  it('given a row that the definition refuses, then it has failed, nothing of it is changed, and others are done', async () => {
    const world = new FillWorld(SHOP);
    await world.put(orderRow('1', 'open', 'much'), { lost: true });
    await world.put(orderRow('2'), { lost: true });
    const { faults, tally } = await world.filler().execute(await world.scanned());
    expect(faults.map((fault) => fault?.kind)).to.deep.equal(['permanent', undefined]);
    expect(tally).to.deep.equal({ ...ZERO_BROUGHT, documents: 1, counts: 1, rows: 1, pointers: 1 });
  });

  it('given a store that fails, then the rows that it failed for have its fault', async () => {
    const world = new FillWorld(SHOP);
    await world.put(orderRow('1'), { lost: true });
    const fault = new Fault('configuration', 'no such table');
    const matcher = new ScriptedMatcher({ load: () => Promise.reject(fault) });
    const { faults, tally } = await world.filler({ matcher }).execute(await world.scanned());
    expect(faults).to.deep.equal([fault]);
    expect(tally).to.deep.equal({ ...ZERO_BROUGHT, documents: 1, rows: 1, pointers: 1 });
  });

  it('given a row twice, then it is brought into line once, and has one answer twice', async () => {
    const world = new FillWorld(SHOP);
    await world.put(orderRow('1'), { lost: true });
    const [scanned] = await world.scanned();
    const { faults, tally } = await world.filler().execute([keyOf(orderRow('1')), scanned as RowToBring]);
    expect(faults).to.deep.equal([undefined, undefined]);
    expect(tally).to.deep.equal({ ...ZERO_BROUGHT, documents: 1, counts: 1, rows: 1, pointers: 1 });
  });

  describe('rows that are derived', () => {
    it('given one that says something else than its row gives, then it is written again', async () => {
      const world = new FillWorld(tableOf({ copies: DERIVE.copies }));
      await world.put(orderRow('1'));
      await world.handle();
      await world.put(orderRow('1', 'paid'), { lost: true });
      const { tally } = await world.filler().execute(await world.scanned());
      expect(tally).to.deep.equal({ ...ZERO_BROUGHT, rows: 1 });
      expect(await world.drift()).to.deep.equal([]);
    });

    it('given what is derived after insertions only, then a row that gave it stays as it gave it', async () => {
      const inserted = tableOf({
        first: rows(order, {
          on: ['INSERT'],
          of: ({ key, attributes }) => ({
            table: 'first',
            key: { id: key.order },
            attributes: { status: attributes.status },
          }),
        }),
      });
      const world = new FillWorld(inserted);
      await world.put(orderRow('1'));
      await world.put(orderRow('1', 'paid'));
      await world.put(orderRow('2'), { lost: true });
      await world.handle();
      const { tally } = await world.filler().execute(await world.scanned());
      expect(tally).to.deep.equal({ ...ZERO_BROUGHT, rows: 1, unchanged: 1 });
      expect([...world.derivedRows.rows()].map(({ row: { attributes } }) => attributes)).to.deep.equal([
        { status: 'open' },
        { status: 'open' },
      ]);
    });

    it('given what depends on the change that it was given for, then it stays as that gave it', async () => {
      const timed = tableOf({
        times: rows(order, {
          of: ({ key, change }) => ({
            table: 'times',
            key: { id: key.order },
            attributes: { at: change.at ?? 'unknown' },
          }),
        }),
      });
      const world = new FillWorld(timed);
      await world.put(orderRow('1'));
      await world.handle();
      const before = JSON.stringify([...world.derivedRows.rows()]);
      const { tally } = await world.filler().execute(await world.scanned());
      expect(tally).to.deep.equal({ ...ZERO_BROUGHT, unchanged: 1 });
      expect(JSON.stringify([...world.derivedRows.rows()])).to.equal(before);
    });
  });

  describe('effects', () => {
    const worldWith = (backfill: boolean) => {
      const ran: string[] = [];
      const mailed: string[] = [];
      const badges = effect(order, {
        backfill,
        run: ({ key, operation, id }) => void ran.push(`${key.order} ${operation} ${id}`),
      });
      const changes = effect(order, { on: ['MODIFY'], run: () => undefined });
      const mails = effect(order, { run: ({ key }) => void mailed.push(key.order) });
      return { world: new FillWorld(tableOf({ badges, changes, mails })), ran, mailed };
    };

    it('given one that is to be backfilled, then it runs for rows that it has never run for, and once', async () => {
      const { world, ran, mailed } = worldWith(true);
      await world.put(orderRow('1'));
      await world.handle();
      await world.put(orderRow('2'), { lost: true });
      ran.length = 0;
      const { tally } = await world.filler().execute(await world.scanned());
      expect(tally).to.deep.equal({ ...ZERO_BROUGHT, effects: 1, unchanged: 1 });
      await world.filler().execute(await world.scanned());
      expect(ran).to.deep.equal(['2 INSERT fill 10#CUSTOMER#cORDER#2']);
      expect(mailed).to.deep.equal(['1']);
    });

    it('given one that does not say so, then it does not run', async () => {
      const { world, ran } = worldWith(false);
      await world.put(orderRow('2'), { lost: true });
      await world.filler().execute(await world.scanned());
      expect(ran).to.deep.equal([]);
    });

    it('given that it has run so, then it runs for the changes that come', async () => {
      const { world, ran } = worldWith(true);
      await world.put(orderRow('1'), { lost: true });
      await world.filler().execute(await world.scanned());
      await world.put(orderRow('1', 'paid'));
      await world.handle();
      expect(ran.map((text) => text.slice(0, 8))).to.deep.equal(['1 INSERT', '1 MODIFY']);
    });
  });
});
