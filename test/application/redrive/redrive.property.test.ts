import { expect } from 'chai';
import fc, { type Scheduler } from 'fast-check';
import type { RowToBring } from '../../../src/application/bring-into-line/bring-into-line.ts';
import { type GivenUpMessage, GivenUpMessages } from '../../../src/application/ports/given-up.ts';
import type { RedriveDependencies } from '../../../src/application/redrive/redrive.ts';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { itemKey } from '../../../src/domain/row.ts';
import type { Attributes } from '../../../src/domain/value.ts';
import type { StreamRecord, TableRow } from '../../support/stream-records.ts';
import { changeIn } from '../derived-rows.ts';
import { RedriveWorld } from './redrive-world.ts';

const order = row({ PK: 'P#<pk>', SK: 'S#<sk>' }).with<{ readonly status: string; readonly total: number }>();

const TABLE = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: {
    search: documents(order, { collection: 'orders', fields: ['total'] }),
    revenue: counts(order, { by: ['status'], amount: 'total', at: { PK: 'REVENUE#<status>', SK: 'TOTAL' } }),
    copy: rows(order, {
      of: ({ key, attributes }) => ({
        table: 'orders',
        key: { id: key.pk + key.sk },
        attributes: { total: attributes.total },
      }),
    }),
    latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['total'] }),
  },
});

interface Step {
  readonly row: TableRow;
  readonly removed: boolean;
  /** Whether nobody handles its record, which is kept where it can be redriven. */
  readonly givenUp: boolean;
}

const step: fc.Arbitrary<Step> = fc
  .record({
    PK: fc.constantFrom('P#1', 'P#2'),
    SK: fc.constantFrom('S#1', 'S#2'),
    status: fc.constantFrom('open', 'paid'),
    total: fc.integer({ min: 0, max: 2 }),
    removed: fc.nat(2).map((dice) => dice === 0),
    givenUp: fc.boolean(),
  })
  .map(({ removed, givenUp, ...written }) => ({ row: written, removed, givenUp }));

interface Story {
  readonly before: readonly Step[];
  /** Written while it is redriven; what is given up of it is redriven afterwards. */
  readonly meanwhile: readonly Step[];
  /** Which calls of bringing rows into line fail, each once. */
  readonly failing: readonly number[];
}

const story: fc.Arbitrary<Story> = fc.record({
  before: fc.array(step, { minLength: 1, maxLength: 6 }),
  meanwhile: fc.array(step, { maxLength: 6 }),
  failing: fc.uniqueArray(fc.nat(3), { maxLength: 2 }),
});

type Bring = RedriveDependencies['bring'];

/** What somebody does wrong who redrives. */
interface Mistake {
  readonly bring?: (bring: Bring, images: ReadonlyMap<string, Attributes | undefined>) => Bring;
  readonly from?: (from: GivenUpMessages) => GivenUpMessages;
}

const MISTAKES: Readonly<Record<string, Mistake>> = {
  'puts the image of a record for the row': {
    bring: (bring, images) => ({
      execute: (some: readonly RowToBring[]) =>
        bring.execute(
          some.map(({ key }) => {
            const attributes = images.get(itemKey(key));
            return attributes === undefined ? { key } : { key, scanned: { attributes, at: 0 } };
          }),
        ),
    }),
  },
  'deletes messages before they are done': {
    from: (from) =>
      new (class extends GivenUpMessages {
        override async receive() {
          const messages = await from.receive();
          await from.acknowledge(messages);
          return messages;
        }
        override acknowledge = async (some: readonly GivenUpMessage[]) => some.map(() => 'done' as const);
        override close = () => from.close();
      })(),
  },
};

/** Redrives beside a writer, a worker and an indexer, whose calls come in any order, until nothing is left. */
async function driftOf(
  { before, meanwhile, failing }: Story,
  scheduler: Scheduler,
  mistake: Mistake = {},
): Promise<readonly string[]> {
  let isConcurrent = false;
  const pause = async () => {
    if (isConcurrent) await scheduler.schedule(Promise.resolve());
  };
  const redriven = new RedriveWorld(TABLE, pause);
  const { world } = redriven;
  const images = new Map<string, Attributes | undefined>();
  const toGiveUp = new Set<StreamRecord>();
  const write = async ({ row: written, removed, givenUp }: Step) => {
    const isThere = removed && world.has(written);
    const record = isThere ? await world.remove(written) : await world.put(written);
    if (givenUp) toGiveUp.add(record);
  };
  /** In the order of the stream: nothing is given up while an older change waits. */
  const handleNext = async () => {
    const [record] = world.stream;
    if (record === undefined || !toGiveUp.has(record)) return world.handle(1);
    world.stream.shift();
    const { item, after } = changeIn(TABLE, record);
    images.set(item, typeof after === 'string' ? undefined : after);
    redriven.giveUp(record);
  };
  const handleAll = async () => {
    while (world.stream.length > 0) await handleNext();
    await world.index();
  };
  for (const one of before) await write(one);
  await handleAll();

  let calls = 0;
  const bringing = () => {
    const filler = world.filler();
    const bring: Bring = {
      execute: async (some) =>
        failing.includes(calls++)
          ? {
              faults: some.map(() => new Fault('transient', 'the store is away')),
              tally: {} as never,
              derivations: new Map(),
            }
          : filler.execute(some),
    };
    return mistake.bring?.(bring, images) ?? bring;
  };
  const redrive = async () =>
    redriven.redrive({
      from: mistake.from?.(redriven.givenUp) ?? redriven.givenUp,
      deps: { bring: bringing() },
    });
  isConcurrent = true;
  let working = 2;
  const whileOthersWork = async (work: () => Promise<void>) => {
    while (working > 0) {
      await work();
      await pause();
    }
  };
  await scheduler.waitFor(
    Promise.all([
      redrive().then(() => working--),
      (async () => {
        for (const one of meanwhile) {
          await pause();
          await write(one);
        }
        working--;
      })(),
      whileOthersWork(handleNext),
      whileOthersWork(() => world.index()),
    ]),
  );
  isConcurrent = false;
  await handleAll();
  for (let run = 0; run < 5 && redriven.givenUp.left.length > 0; run++) await redrive();
  expect(redriven.givenUp.left, 'what is left').to.deep.equal([]);
  return world.drift();
}

describe('what is redriven beside a live stream', function () {
  this.timeout(60_000);

  it('given any order of calls, and failures, then all is what the rows say once no message is left', async () => {
    await fc.assert(
      fc.asyncProperty(story, fc.scheduler(), async (told, scheduler) => {
        expect(await driftOf(told, scheduler)).to.deep.equal([]);
      }),
      { numRuns: 150 },
    );
  });

  for (const [what, mistake] of Object.entries(MISTAKES))
    it(`given somebody who ${what}, then that is seen`, async () => {
      const { failed } = await fc.check(
        fc.asyncProperty(
          story,
          fc.scheduler(),
          async (told, scheduler) => (await driftOf(told, scheduler, mistake)).length === 0,
        ),
        { numRuns: 500, seed: 1, endOnFailure: true },
      );
      expect(failed, 'nothing was wrong').to.equal(true);
    });
});
