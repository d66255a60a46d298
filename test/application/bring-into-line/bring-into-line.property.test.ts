import { expect } from 'chai';
import fc, { type Scheduler } from 'fast-check';
import type { RowToBring } from '../../../src/application/bring-into-line/bring-into-line.ts';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import { itemKey } from '../../../src/domain/row.ts';
import type { StreamRecord } from '../../support/stream-records.ts';
import { FillWorld } from './fill-world.ts';
import { type Mistake, MISTAKES } from './mistakes.ts';
import { type Step, step } from './step.ts';

const ANY = { PK: '<pk>', SK: '<sk>' } as const;
/** Apart from what is derived in the same table. */
const parts = { pk: { without: '#' }, sk: { without: '~' } } as const;
const order = row(ANY, { when: { _et: 'order' }, parts });
const note = row(ANY, { when: { _et: 'note' }, parts });

const TABLE = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order, note },
  derive: {
    order_search: documents(order, { collection: 'orders', fields: ['total'] }),
    note_search: documents(note, {
      collection: 'notes',
      fields: ['status'],
      where: ({ attributes }) => attributes['total'] !== 0,
    }),
    revenue: counts(order, { by: ['status'], amount: 'total', at: { PK: 'REVENUE#<status>', SK: 'TOTAL' } }),
    notes: counts(note, { by: () => ({ of: 'notes' }), at: { PK: 'ALL#<of>', SK: 'COUNT' } }),
    order_copy: rows(order, {
      of: ({ key, attributes }) => ({
        table: 'orders',
        key: { id: key.pk + key.sk },
        attributes: { total: attributes['total'] },
      }),
    }),
    latest_order: pointer(order, { at: { SK: '~LATEST' }, choose: 'newest', repeat: ['total'] }),
  },
});

interface Story {
  /** Written, and handled at once unless lost, before anybody fills. */
  readonly before: readonly Step[];
  /** Written while it is filled: nothing of it is lost. */
  readonly meanwhile: readonly Step[];
  /** Which of the records that were handled are handled again meanwhile. */
  readonly again: readonly number[];
  /** Rows to a page. */
  readonly limit: number;
}

const story: fc.Arbitrary<Story> = fc.record({
  before: fc.array(step, { minLength: 1, maxLength: 6 }),
  meanwhile: fc.array(step, { maxLength: 6 }),
  again: fc.array(fc.nat(5), { maxLength: 2 }),
  limit: fc.integer({ min: 1, max: 3 }),
});

interface Outcome {
  /** What the fillers said that they could not do. */
  readonly faults: readonly string[];
  readonly drift: readonly string[];
}

/** Two fill beside a writer, a worker and an indexer, whose calls come in any order. */
async function outcomeOf(
  { before, meanwhile, again, limit }: Story,
  scheduler: Scheduler,
  mistakeIn?: (world: FillWorld) => Mistake,
): Promise<Outcome> {
  let isConcurrent = false;
  const pause = async () => {
    if (isConcurrent) await scheduler.schedule(Promise.resolve());
  };
  const world = new FillWorld(TABLE, pause);
  const known = new Map<string, RowToBring>();
  const write = async ({ row: written, removed, lost }: Step) => {
    const key = { partition: written.PK, sort: written.SK };
    known.set(itemKey(key), { key });
    return removed && world.has(written) ? world.remove(written, { lost }) : world.put(written, { lost });
  };
  const handled: StreamRecord[] = [];
  for (const one of before) {
    const record = await write(one);
    if (!one.lost) handled.push(record);
    await world.handle();
    await world.index();
  }

  isConcurrent = true;
  const faults: string[] = [];
  let working = 3;
  const fill = async () => {
    const mistake = mistakeIn?.(world) ?? {};
    const filler = world.filler(mistake.ports);
    const bring = async (some: readonly RowToBring[]) => {
      const result = await filler.execute(some);
      faults.push(...result.faults.flatMap((fault) => fault?.message ?? []));
    };
    const unseen = new Map(known);
    for await (const page of world.pages(limit)) {
      for (const { key } of page) unseen.delete(itemKey(key));
      await bring(mistake.page?.(page) ?? page);
    }
    // Also those that have come meanwhile: what is left of a row that was lost may be of another kind than the row that is there now.
    await bring([...unseen.values()]);
    working--;
  };
  const writing = async () => {
    for (const one of meanwhile) {
      await pause();
      await write({ ...one, lost: false });
    }
    working--;
  };
  const whileOthersWork = async (work: () => Promise<void>) => {
    while (working > 0) {
      await work();
      await pause();
    }
  };
  const repeats = again.flatMap((index) => handled[index] ?? []);
  await scheduler.waitFor(
    Promise.all([
      fill(),
      fill(),
      writing(),
      whileOthersWork(async () => {
        await world.handle(1);
        const record = repeats.pop();
        if (record !== undefined) await world.handleAgain(record);
      }),
      whileOthersWork(() => world.index()),
    ]),
  );
  isConcurrent = false;
  return { faults, drift: await world.drift() };
}

describe('what is brought into line beside a live stream', function () {
  this.timeout(60_000);

  it('given any order of calls, then everything derived is what the rows say in the end', async () => {
    await fc.assert(
      fc.asyncProperty(story, fc.scheduler(), async (told, scheduler) => {
        expect(await outcomeOf(told, scheduler)).to.deep.equal({ faults: [], drift: [] });
      }),
      { numRuns: 150 },
    );
  });

  for (const [what, mistake] of Object.entries(MISTAKES))
    it(`given a filler that ${what}, then that is seen`, async () => {
      const { failed } = await fc.check(
        fc.asyncProperty(
          story,
          fc.scheduler(),
          async (told, scheduler) => (await outcomeOf(told, scheduler, mistake)).drift.length === 0,
        ),
        { numRuns: 500, seed: 1, endOnFailure: true },
      );
      expect(failed, 'nothing was wrong').to.equal(true);
    });
});
