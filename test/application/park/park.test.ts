import { expect } from 'chai';
import { Fault } from '../../../src/domain/fault.ts';
import type { Plain } from '../../support/stream-records.ts';
import { inShort, type WorkerParts } from '../worker.ts';
import { ParkWorld } from './park-world.ts';
import { orderRow, orders, POISON, type Run } from './orders.ts';

const ITEM = '3#P#1S#1';

function aWorld(run?: Run, own: WorkerParts = {}) {
  const of = new ParkWorld(orders(run), { own });
  return { of, world: of.world };
}

/** With an effect that fails until it is mended. */
function failing(own: WorkerParts) {
  const ran: Plain[] = [];
  let isMended = false;
  const run: Run = ({ total }) => {
    if (!isMended) throw new Error('no mail');
    ran.push(total);
  };
  const mend = () => {
    isMended = true;
  };
  return { ...aWorld(run, own), mend, ran };
}

describe('parking', () => {
  it('given poison, then its item is parked with what follows of it, and its shard goes on', async () => {
    const ran: unknown[] = [];
    const { world, of } = aWorld((what) => ran.push(what));
    await world.put(orderRow('1', '1', 1));
    await world.handle();
    const records = [
      await world.put(orderRow('1', '1', POISON)),
      await world.put(orderRow('2', '1', 5)),
      await world.put(orderRow('1', '1', 3)),
    ];
    expect(inShort(await world.handleAgain(...records))).to.deep.equal(['parked', 'applied', 'parked']);
    expect(await of.parked()).to.deep.equal({ [ITEM]: 2 });
    expect(ran).to.deep.equal([
      { item: '11', total: 1 },
      { item: '21', total: 5 },
    ]);
    await world.index();
    expect(await world.driftNow()).to.have.length(4);
  });

  it('given a parked item, then its changes are noted once, however often they are delivered', async () => {
    const { world, of } = aWorld();
    const poison = await world.put(orderRow('1', '1', POISON));
    await world.handle();
    const later = await world.put(orderRow('1', '1', 3));
    for (let delivery = 0; delivery < 3; delivery++)
      expect(inShort(await world.handleAgain(poison, later))).to.deep.equal(['parked', 'parked']);
    expect(await of.parked()).to.deep.equal({ [ITEM]: 2 });
  });

  it('when it is redriven, then all that is derived is as the row is, and effects have run in order', async () => {
    const ran: unknown[] = [];
    const { world, of } = aWorld(({ total }) => ran.push(total));
    await world.put(orderRow('1', '1', POISON));
    await world.put(orderRow('1', '1', 3));
    await world.put(orderRow('1', '1', 4));
    await world.handle();
    expect(ran).to.deep.equal([]);
    const figures = await of.redrive();
    expect(figures).to.include({ messages: 1, done: 1, failed: 0, records: 3, rows: 1 });
    expect(figures.effects).to.deep.equal({ run: 3, skipped: 0, repeated: 0 });
    expect(ran).to.deep.equal([POISON, 3, 4]);
    expect(await of.parked()).to.deep.equal({});
    expect(await world.drift()).to.deep.equal([]);
    expect([...world.derivedRows.rows()].filter(({ row }) => row.table === 'created')).to.have.length(1);
  });

  it('given a dry run, then nothing is written, and it says what would be', async () => {
    const ran: unknown[] = [];
    const { world, of } = aWorld(({ total }) => ran.push(total));
    await world.put(orderRow('1', '1', POISON));
    await world.put(orderRow('1', '1', 3));
    await world.handle();
    const { effects, derivations } = await of.redrive({ isDry: true });
    expect(effects).to.deep.equal({ run: 2, skipped: 0, repeated: 0 });
    expect(derivations.get('revenue')).to.deep.equal({ written: 1, unchanged: 0 });
    expect(ran).to.deep.equal([]);
    expect(await of.parked()).to.deep.equal({ [ITEM]: 2 });
  });

  it('given a row that is poison as it is now, then it stays parked, and says why', async () => {
    const { world, of } = aWorld();
    await world.put(orderRow('1', '1', POISON));
    await world.handle();
    expect(await of.redrive()).to.include({ done: 0, failed: 1 });
    expect(of.failures[0]).to.match(/^PK "P#1" SK "S#1": .*total/);
    expect(await of.parked()).to.deep.equal({ [ITEM]: 1 });
  });

  it('given a parked row that is removed, then nothing is left of it once it is redriven', async () => {
    const { world, of } = aWorld();
    await world.put(orderRow('1', '1', 1));
    await world.put(orderRow('1', '1', POISON));
    await world.handle();
    await world.remove(orderRow('1', '1'));
    await world.handle();
    await of.redrive();
    expect(await world.drift()).to.deep.equal([]);
    expect(await of.parked()).to.deep.equal({});
  });

  it('given older changes that are delivered again after that, then they change nothing', async () => {
    const { world, of } = aWorld();
    await world.put(orderRow('1', '1', 1));
    await world.put(orderRow('1', '1', POISON));
    await world.handle();
    const old = await world.put(orderRow('1', '1', 2, 'paid'));
    await world.put(orderRow('1', '1', 1));
    await world.handle();
    await of.redrive();
    await world.handleAgain(old);
    expect(await world.drift()).to.deep.equal([]);
  });

  it('given a change that comes between the reading and the end, then the item is brought again', async () => {
    const { world, of } = aWorld();
    await world.put(orderRow('1', '1', POISON));
    await world.put(orderRow('1', '1', 1));
    await world.handle();
    let brought = 0;
    const bring = world.filler();
    await of.redrive({
      deps: {
        bring: {
          execute: async (...given) => {
            const result = await bring.execute(...given);
            if (++brought === 1) {
              await world.put(orderRow('1', '1', 2));
              await world.handle();
            }
            return result;
          },
        },
      },
    });
    expect(brought).to.equal(2);
    expect(await of.parked()).to.deep.equal({});
    expect(await world.drift()).to.deep.equal([]);
  });

  describe('of effects', () => {
    it('given one that fails, then its record blocks until it has failed as often as is set', async () => {
      const { world, of } = failing({ parkAfter: 3 });
      const records = [await world.put(orderRow('1', '1', 1)), await world.put(orderRow('1', '1', 2))];
      for (const expected of [
        ['failed', 'held back'],
        ['failed', 'held back'],
        ['parked', 'parked'],
      ])
        expect(inShort(await world.handleAgain(...records))).to.deep.equal(expected);
      expect(await of.parked()).to.deep.equal({ [ITEM]: 2 });
    });

    it('given no number of deliveries, then its record blocks', async () => {
      const { world, of } = failing({});
      const record = await world.put(orderRow('1', '1', 1));
      for (let delivery = 0; delivery < 5; delivery++)
        expect(inShort(await world.handleAgain(record))).to.deep.equal(['failed']);
      expect((await of.store.page(undefined)).items).to.deep.equal([]);
    });

    it('given one that succeeds in the end, then it is forgotten how often it had failed', async () => {
      const { world, of, mend } = failing({ parkAfter: 3 });
      const record = await world.put(orderRow('1', '1', 1));
      await world.handleAgain(record);
      expect((await of.store.page(undefined)).items).to.have.length(1);
      mend();
      expect(inShort(await world.handleAgain(record))).to.deep.equal(['applied']);
      expect((await of.store.page(undefined)).items).to.deep.equal([]);
    });

    it('given one that fails still, then its item stays parked; once it is mended, all have run in order', async () => {
      const { world, of, mend, ran } = failing({ parkAfter: 1 });
      for (const total of [1, 2, 3]) await world.put(orderRow('1', '1', total));
      await world.handle();
      expect(await of.redrive()).to.include({ failed: 1 });
      expect(of.failures[0]).to.match(/the effect mail failed/);
      mend();
      expect(await of.redrive()).to.include({ done: 1 });
      expect(ran).to.deep.equal([1, 2, 3]);
      expect(await world.drift()).to.deep.equal([]);
    });

    it('given one that refuses a change for good, then it stays parked, unless such are skipped', async () => {
      const { world, of } = aWorld(({ total }) => {
        if (total === 1) throw new Fault('permanent', 'no such customer');
      });
      await world.put(orderRow('1', '1', 1));
      await world.put(orderRow('1', '1', 2));
      await world.handle();
      expect(await of.redrive()).to.include({ failed: 1 });
      expect(await of.redrive({ skipRefused: true })).to.include({ done: 1, refused: 1 });
      expect(await of.parked()).to.deep.equal({});
      expect(await world.drift()).to.deep.equal([]);
    });

    it('given many that fail for one reason, then none is parked', async () => {
      const { world, of } = failing({ parkAfter: 1, fewestSuspects: 2 });
      const records = [await world.put(orderRow('1', '1', 1)), await world.put(orderRow('2', '1', 2))];
      expect(inShort(await world.handleAgain(...records))).to.deep.equal(['failed', 'failed']);
      expect(await of.parked()).to.deep.equal({});
    });
  });
});
