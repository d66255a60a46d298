import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc, { type Scheduler } from 'fast-check';
import { ExportedTable } from '../../../src/adapters/dynamodb-stream/export/exported-table.ts';
import { MemoryDerivedListing } from '../../../src/adapters/memory/memory-derived-listing.ts';
import { MemoryNotes } from '../../../src/adapters/memory/memory-notes.ts';
import { Backfill, BACKFILL_DEFAULTS } from '../../../src/application/backfill/backfill.ts';
import type { BringIntoLineDependencies } from '../../../src/application/bring-into-line/bring-into-line.ts';
import { DerivationNotes } from '../../../src/application/plan/derivation-notes.ts';
import { type ExportDescription, ExportedRows } from '../../../src/application/ports/exported-rows.ts';
import { MonotonicClock } from '../../../src/application/ports/monotonic-clock.ts';
import { SearchQueue } from '../../../src/application/ports/search-queue.ts';
import { Sleeper } from '../../../src/application/ports/sleeper.ts';
import { SourceRows } from '../../../src/application/ports/source-rows.ts';
import type { ScanPage, ScanRequest } from '../../../src/application/ports/table-scan.ts';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import { type ItemKey, itemKey } from '../../../src/domain/row.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import type { Attributes } from '../../../src/domain/value.ts';
import type { StreamRecord } from '../../support/stream-records.ts';
import { exportedItem, EXPORTED_TABLE, exportFilesOf, tableExport } from '../../support/table-export.ts';
import { FillWorld } from '../bring-into-line/fill-world.ts';
import { MISTAKES } from '../bring-into-line/mistakes.ts';
import { type Step, step } from '../bring-into-line/step.ts';
import { aRetrier, FixedRandom, ScriptedMatcher } from '../doubles.ts';

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
  /** Written before the export, and handled at once unless lost: no worker need have been there. */
  readonly before: readonly Step[];
  /** Written after it: nothing of it is lost. */
  readonly between: readonly Step[];
  /** How many records of the stream are handled before it is filled. */
  readonly handled: number;
  /** Written while it is filled: nothing of it is lost. */
  readonly meanwhile: readonly Step[];
  /** Which of the records that were handled are handled again meanwhile. */
  readonly again: readonly number[];
  /** Rows to a page. */
  readonly limit: number;
  readonly segments: number;
}

const story: fc.Arbitrary<Story> = fc.record({
  before: fc.array(step, { minLength: 1, maxLength: 6 }),
  between: fc.array(step, { maxLength: 5 }),
  handled: fc.nat(5),
  meanwhile: fc.array(step, { maxLength: 4 }),
  again: fc.array(fc.nat(8), { maxLength: 2 }),
  limit: fc.integer({ min: 1, max: 3 }),
  segments: fc.integer({ min: 1, max: 2 }),
});

/** What a filler does wrong: ports that it has instead, given the rows as they were exported. */
type Mistake = (
  world: FillWorld,
  exported: ReadonlyMap<string, Attributes>,
) => Partial<BringIntoLineDependencies>;

class NoSleep extends Sleeper {
  override sleep(): Promise<void> {
    return Promise.resolve();
  }
}

class NoTime extends MonotonicClock {
  override elapsed(): number {
    return 0;
  }
}

function backfillOf(world: FillWorld, wrong: Partial<BringIntoLineDependencies>): Backfill {
  const bring = world.filler(wrong);
  const clear = world.clearing();
  const notes = new MemoryNotes();
  return new Backfill({
    model: TABLE.model,
    scan: world.scan,
    listing: new MemoryDerivedListing(TABLE.model.keys, world.table, world.matcher, world.derivedRows),
    notes,
    derivations: new DerivationNotes(notes, (text) => createHash('md5').update(text).digest('hex')),
    ...{ bring, clear, fences: world.fences, pretend: { bring, clear } },
    ...{ retrier: aRetrier(), clock: world.clock, monotonicClock: new NoTime() },
    ...{ sleeper: new NoSleep(), random: new FixedRandom(0.5) },
  });
}

/** Pages of an export that are read already: what takes the process a while has no place in an order of calls. */
class HeldPages extends ExportedRows {
  override readonly description: ExportDescription;
  readonly #pages = new Map<string, ScanPage>();

  private constructor(description: ExportDescription) {
    super();
    this.description = description;
  }

  static async of(table: ExportedTable, { limit, segments }: Story): Promise<HeldPages> {
    const held = new HeldPages(table.description);
    for (let segment = 0; segment < segments; segment++) {
      let from: string | undefined;
      do {
        const page: ScanPage = await table.page({ segment, segments, limit, from });
        held.#pages.set(JSON.stringify([segment, from]), page);
        from = page.next;
      } while (from !== undefined);
    }
    return held;
  }

  override async page({ segment, from }: ScanRequest): Promise<ScanPage> {
    return this.#pages.get(JSON.stringify([segment, from])) as ScanPage;
  }
}

/** All rows that are there, as an export has them, in two files. */
async function exportOf(world: FillWorld, at: number, told: Story) {
  const found = await world.scanned();
  const files = [0, 1].map((file) =>
    found.flatMap(({ scanned }, index) =>
      scanned === undefined || index % 2 !== file ? [] : [exportedItem(scanned.attributes)],
    ),
  );
  const byItem = new Map(
    found.flatMap(({ key, scanned }) => (scanned === undefined ? [] : [[itemKey(key), scanned.attributes]])),
  );
  const table = await ExportedTable.open(exportFilesOf(tableExport({ files, at })), TABLE.model.keys);
  return { exported: world.paused(await HeldPages.of(table, told)), byItem };
}

/** A fill from an export, beside a writer, a worker and an indexer, whose calls come in any order. @returns what has drifted. */
async function driftOf(
  told: Story,
  scheduler: Scheduler,
  mistake: Mistake = () => ({}),
  betweenIsLost = false,
): Promise<readonly string[]> {
  const { before, between, handled, meanwhile, again, limit, segments } = told;
  let isConcurrent = false;
  const pause = async () => {
    if (isConcurrent) await scheduler.schedule(Promise.resolve());
  };
  const world = new FillWorld(TABLE, pause);
  const write = async ({ row: written, removed }: Step, lost: boolean) =>
    removed && world.has(written) ? world.remove(written, { lost }) : world.put(written, { lost });
  for (const one of before) {
    await write(one, one.lost);
    await world.handle();
    await world.index();
  }
  const at = world.clock.now();
  const { exported, byItem } = await exportOf(world, at, told);
  const records: StreamRecord[] = [];
  for (const one of between) records.push(await write(one, betweenIsLost));
  if (betweenIsLost) records.splice(0);
  await world.handle(Math.min(handled, world.stream.length));
  if (handled % 2 === 0) await world.index();
  const repeats = again.flatMap((index) => records.slice(0, handled)[index] ?? []);

  isConcurrent = true;
  let working = 2;
  const fill = async () => {
    await backfillOf(world, mistake(world, byItem)).execute(
      {
        ...{ ...BACKFILL_DEFAULTS, segments, pageRows: limit, rate: undefined, run: 'one' },
        exported: {
          rows: exported,
          followedSince: at,
          filled: { table: EXPORTED_TABLE, tableId: undefined, streamSince: at, gaps: [] },
        },
      },
      {
        onRefused: (_key, why) => {
          throw new Error(why);
        },
      },
      new AbortController().signal,
    );
    working--;
  };
  const writing = async () => {
    for (const one of meanwhile) {
      await pause();
      await write(one, false);
    }
    working--;
  };
  const whileOthersWork = async (work: () => Promise<void>) => {
    while (working > 0) {
      await work();
      await pause();
    }
  };
  await scheduler.waitFor(
    Promise.all([
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
  return world.drift();
}

/** Answers with the rows as they were exported. */
class RowsAsExported extends SourceRows {
  readonly #exported: ReadonlyMap<string, Attributes>;

  constructor(exported: ReadonlyMap<string, Attributes>) {
    super();
    this.#exported = exported;
  }

  override read(keys: readonly ItemKey[]) {
    return Promise.resolve(keys.map((key) => this.#exported.get(itemKey(key))));
  }
}

class NewerDocuments extends SearchQueue {
  readonly #inner: SearchQueue;

  constructor(inner: SearchQueue) {
    super();
    this.#inner = inner;
  }

  override send(actions: readonly SearchAction[]) {
    const newer = actions.map((one) => ({ ...one, version: { ...one.version, generation: 1 } }));
    return this.#inner.send(newer);
  }
}

const WRONG: Readonly<Record<string, Mistake>> = {
  'takes what the export has for what is there now': (_, exported) => ({
    rows: new RowsAsExported(exported),
  }),
  'gives documents versions above those of the stream': ({ queue }) => ({ queue: new NewerDocuments(queue) }),
  'gives counts versions above those of the stream': ({ matcher }) => ({
    matcher: new ScriptedMatcher({
      load: (given) => matcher.load(given),
      apply: (moves) =>
        matcher.apply(
          moves.map((move) => ({
            ...move,
            to: { ...move.to, version: { ...move.to.version, generation: 1 } },
          })),
        ),
    }),
  }),
  'forgets that rows were removed, and revives them': (world) =>
    MISTAKES['has dropped the tombstones']?.(world).ports ?? {},
  'counts whatever is noted by then': (world) => MISTAKES['writes without a condition']?.(world).ports ?? {},
};

describe('what is filled from an export beside a live stream', function () {
  this.timeout(60_000);

  it('given that all that changed since is handled, in any order of calls, then everything derived is what the rows say in the end', async () => {
    await fc.assert(
      fc.asyncProperty(story, fc.scheduler(), async (told, scheduler) => {
        expect(await driftOf(told, scheduler)).to.deep.equal([]);
      }),
      { numRuns: 80 },
    );
  });

  const isSeen = async (mistake: Mistake, betweenIsLost = false) => {
    const { failed } = await fc.check(
      fc.asyncProperty(
        story,
        fc.scheduler(),
        async (told, scheduler) => (await driftOf(told, scheduler, mistake, betweenIsLost)).length === 0,
      ),
      { numRuns: 1_000, seed: 1, endOnFailure: true },
    );
    expect(failed, 'nothing was wrong').to.equal(true);
  };

  for (const [what, mistake] of Object.entries(WRONG))
    it(`given a filler that ${what}, then that is seen`, () => isSeen(mistake));

  // Why such an export is refused: see `checkExport`.
  it('given that nobody has handled what changed between the export and the first change that is handled, then that is seen', () =>
    isSeen(() => ({}), true));
});
