import { expect } from 'chai';
import fc, { type Scheduler } from 'fast-check';
import { ParkItems } from '../../../src/application/park/park-items.ts';
import type { KeptChanges } from '../../../src/application/ports/kept-changes.ts';
import type { NotedItem, ParkedItems } from '../../../src/application/ports/parked-items.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { range } from '../../support/range.ts';
import type { Plain, StreamRecord } from '../../support/stream-records.ts';
import { changeIn } from '../derived-rows.ts';
import { aRetrier } from '../doubles.ts';
import { orderRow, orders, POISON } from './orders.ts';
import { type ParkParts, ParkWorld } from './park-world.ts';

interface Step {
  readonly sk: string;
  readonly total: Plain;
  readonly status: string;
  readonly removed: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  sk: fc.constantFrom('1', '2'),
  total: fc.constantFrom<Plain[]>(0, 1, POISON),
  status: fc.constantFrom('open', 'paid'),
  removed: fc.nat(4).map((dice) => dice === 0),
});

interface Story {
  readonly before: readonly Step[];
  /** Written while items are redriven. */
  readonly meanwhile: readonly Step[];
  /** Which batches are delivered again, by somebody else, while others go on; each counted from the newest. */
  readonly again: readonly number[];
  /** At which calls of effects they fail. */
  readonly failing: readonly number[];
  /** Which calls about parked items fail, each once: before they are made, or after. */
  readonly away: readonly { readonly call: number; readonly isMade: boolean }[];
  readonly parkAfter: number;
}

const story: fc.Arbitrary<Story> = fc.record({
  before: fc.array(step, { minLength: 1, maxLength: 6 }),
  meanwhile: fc.array(step, { maxLength: 6 }),
  again: fc.array(fc.nat(3), { maxLength: 4 }),
  failing: fc.uniqueArray(fc.nat(8), { maxLength: 4 }),
  away: fc.array(fc.record({ call: fc.nat(30), isMade: fc.boolean() }), { maxLength: 3 }),
  parkAfter: fc.integer({ min: 1, max: 3 }),
});

/** What somebody does wrong. */
type Mistake = Pick<ParkParts, 'parking' | 'redriven' | 'kept'>;

const retrier = aRetrier({ conflicts: 1_000 });

/** A port, some of whose methods do something else. */
function but<Port extends object>(port: Port, methods: Partial<Port>): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(name in methods ? methods : target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

const MISTAKES: Readonly<Record<string, Mistake>> = {
  'does not look whether an item is parked': {
    parking: (items) => {
      const parking = new ParkItems(items, retrier);
      return but(parking, {
        look: async (some) => ({ noted: some.map(() => undefined), parked: 0, oldest: undefined }),
      });
    },
  },
  'acknowledges changes of parked items without a note': {
    parking: (items) => {
      const parking = new ParkItems(items, retrier);
      return but(parking, {
        note: async (all, limit) => {
          const parked = await parking.note(
            all.filter(({ why }) => why !== undefined),
            limit,
          );
          const results = parked.values();
          return all.map(({ why }) => (why === undefined ? 'noted' : (results.next().value ?? 'noted')));
        },
      });
    },
  },
  'keeps no records': {
    parking: (items) => {
      const parking = new ParkItems(items, retrier);
      return but(parking, {
        note: (all, limit) =>
          parking.note(
            all.map((one) => ({
              ...one,
              changes: one.changes.map((change) => ({ ...change, raw: undefined })),
            })),
            limit,
          ),
      });
    },
  },
  'takes notes away whatever came meanwhile': {
    redriven: (items) =>
      but(items, {
        save: async (moves, signal) => {
          const { noted } = await items.look(
            moves.map(({ item }) => item),
            signal,
          );
          return items.save(
            moves.map((move, index) => ({ ...move, from: noted[index] })),
            signal,
          );
        },
      }),
  },
  'brings items into line behind their oldest change': {
    redriven: (items) => {
      const older = (noted: NotedItem) => ({ ...noted, newest: noted.since });
      return but(items, {
        page: async (...given) => {
          const { items: found, next } = await items.page(...given);
          return { items: found.map(older), next };
        },
        look: async (...given) => {
          const look = await items.look(...given);
          return { ...look, noted: look.noted.map((noted) => noted && older(noted)) };
        },
      });
    },
  },
  'runs effects in another order': {
    kept: (kept: KeptChanges) =>
      but(kept, {
        load: async (item, after, signal) =>
          after === undefined ? (await kept.load(item, after, signal)).toReversed() : [],
      }),
  },
};

/** What is wrong in the end, where a writer, a worker, one that has batches again and one that redrives come in any order. */
async function wrongIn(told: Story, scheduler: Scheduler, mistake: Mistake = {}): Promise<readonly string[]> {
  let isConcurrent = false;
  const pause = async () => {
    if (isConcurrent) await scheduler.schedule(Promise.resolve());
  };
  const ran = new Map<string, string[]>();
  let runs = 0;
  const definition = orders(({ item }, _, id) => {
    if (told.failing.includes(runs++)) throw new Error('no mail');
    const all = ran.get(item) ?? [];
    if (!all.includes(id)) ran.set(item, [...all, id]);
  });
  let calls = 0;
  const away = (items: ParkedItems): ParkedItems => {
    const failing = async <T>(make: () => Promise<T>): Promise<T> => {
      const failure = told.away.find(({ call }) => call === calls);
      calls++;
      if (failure?.isMade !== false) {
        const made = await make();
        if (failure === undefined) return made;
      }
      throw new Fault('transient', 'the store is away');
    };
    return but(items, {
      look: (...given) => failing(() => items.look(...given)),
      save: (...given) => failing(() => items.save(...given)),
    });
  };
  const own = { parkAfter: told.parkAfter };
  const park = new ParkWorld(definition, { pause, own, items: away, ...mistake });
  const { world } = park;
  const written = new Map<string, string[]>();
  const write = async ({ sk, total, status, removed }: Step) => {
    const row = orderRow('1', sk, total, status);
    const record = await (removed && world.has(row) ? world.remove(row) : world.put(row));
    const { stream, sequence } = changeIn(definition, record).identity;
    written.set(`1${sk}`, [...(written.get(`1${sk}`) ?? []), `${stream} ${sequence}`]);
  };
  const delivered: (readonly StreamRecord[])[] = [];
  const handleNext = async (count = 2) => {
    const batch = world.stream.slice(0, count);
    if (batch.length === 0) return;
    delivered.push(batch);
    await world.handle(batch.length);
  };
  const handleAll = async () => {
    while (world.stream.length > 0) await handleNext(3);
    await world.index();
  };
  const handleOld = async (n: number) => {
    const batch = delivered.at(-1 - n);
    if (batch !== undefined) await world.handleAgain(...batch);
  };
  for (const one of told.before) await write(one);
  await handleNext(4);

  isConcurrent = true;
  let working = 3;
  const redrive = async () => {
    // The store may be away.
    await park.redrive().catch(() => undefined);
  };
  await scheduler.waitFor(
    Promise.all([
      redrive()
        .then(redrive)
        .then(() => working--),
      (async () => {
        for (const one of told.meanwhile) {
          await pause();
          await write(one);
        }
        working--;
      })(),
      (async () => {
        for (const n of told.again) {
          await pause();
          await handleOld(n);
        }
        working--;
      })(),
      (async () => {
        while (working > 0) {
          await handleNext();
          await pause();
        }
      })(),
    ]),
  );
  isConcurrent = false;
  await handleAll();
  // What is poison still is put right.
  for (const sk of ['1', '2']) await write({ sk, total: 7, status: 'open', removed: false });
  await handleAll();
  const redriveAll = async () => {
    for (let run = 0; run < 9 && Object.keys(await park.parked()).length > 0; run++) await redrive();
  };
  await redriveAll();
  // Old batches come again, long after: poison among them parks its item once more.
  for (const n of range(delivered.length)) await handleOld(n);
  await redriveAll();
  const wrong = [...(await world.drift())];
  if (Object.keys(await park.parked()).length > 0) wrong.push(`parked: ${park.failures.at(-1) ?? ''}`);
  for (const [item, ids] of written)
    if (JSON.stringify(ran.get(item)) !== JSON.stringify(ids))
      wrong.push(`effects of ${item}: ${ran.get(item)?.join()} instead of ${ids.join()}`);
  return wrong;
}

describe('what is parked, delivered again and redriven at any time', function () {
  this.timeout(60_000);

  it('given any order of calls, and faults, then all is what the rows say, and effects have run in order', async () => {
    await fc.assert(
      fc.asyncProperty(story, fc.scheduler(), async (told, scheduler) => {
        expect((await wrongIn(told, scheduler)).join('\n')).to.equal('');
      }),
      { numRuns: Number(process.env['PARK_RUNS'] ?? 100) },
    );
  });

  for (const [what, mistake] of Object.entries(MISTAKES))
    it(`given somebody who ${what}, then that is seen`, async () => {
      const { failed } = await fc.check(
        fc.asyncProperty(
          story,
          fc.scheduler(),
          async (told, scheduler) => (await wrongIn(told, scheduler, mistake)).length === 0,
        ),
        { numRuns: 500, seed: 1, endOnFailure: true },
      );
      expect(failed, 'nothing was wrong').to.equal(true);
    });
});
