import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { ExportedTable } from '../../../src/adapters/dynamodb-stream/export/exported-table.ts';
import { MemoryDerivedListing } from '../../../src/adapters/memory/memory-derived-listing.ts';
import { MemoryNotes } from '../../../src/adapters/memory/memory-notes.ts';
import {
  Backfill,
  BACKFILL_DEFAULTS,
  type BackfillOptions,
  type BackfillParts,
} from '../../../src/application/backfill/backfill.ts';
import type { ExportedFill, FilledTable } from '../../../src/application/backfill/exported-fill.ts';
import { DerivationNotes } from '../../../src/application/plan/derivation-notes.ts';
import { Clock } from '../../../src/application/ports/clock.ts';
import { MonotonicClock } from '../../../src/application/ports/monotonic-clock.ts';
import { Sleeper } from '../../../src/application/ports/sleeper.ts';
import { SourceRows } from '../../../src/application/ports/source-rows.ts';
import { TableReplica } from '../../../src/application/ports/table-replica.ts';
import { TableScan } from '../../../src/application/ports/table-scan.ts';
import type { Change } from '../../../src/domain/change.ts';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { effect } from '../../../src/domain/definition/effect.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { ItemKey } from '../../../src/domain/row.ts';
import type { TableRow } from '../../support/stream-records.ts';
import { EXPORTED_TABLE, exportedItem, exportFilesOf, tableExport } from '../../support/table-export.ts';
import { FillWorld } from '../bring-into-line/fill-world.ts';
import { aRetrier, FixedRandom } from '../doubles.ts';

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<{ readonly status: string }>();
const player = row({ PK: 'PLAYER', SK: 'PLAYER#<player>' }).with<{ readonly name: string }>();

const calls: string[] = [];

const SHOP = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order, player },
  derive: {
    search: documents(order, {
      collection: 'orders',
      where: ({ attributes }) => {
        if (attributes.status === 'bad') throw new Error('this row is bad');
        return true;
      },
      fields: ['status'],
    }),
    tally: counts(order, { by: ['status'], at: { PK: 'STATUS#<status>', SK: 'ORDERS' } }),
    copies: rows(order, {
      of: ({ key, attributes }) => ({
        table: 'copies',
        key: { id: key.order },
        attributes: { status: attributes.status },
      }),
    }),
    welcome: effect(player, {
      on: ['INSERT', 'MODIFY'],
      run: ({ key, after }) => {
        calls.push(`welcome ${key.player} ${after?.name ?? ''}`);
      },
      backfill: true,
    }),
  },
});

const orderRow = (id: string, status = 'open'): TableRow => ({ PK: 'CUSTOMER#c', SK: `ORDER#${id}`, status });
const playerRow = (id: string, name: string): TableRow => ({ PK: 'PLAYER', SK: `PLAYER#${id}`, name });

const IDS = Array.from({ length: 12 }, (_, index) => `${index + 10}`);
const DAY = 24 * 60 * 60 * 1_000;
const AT = Date.UTC(2026, 10, 1);

class SetClock extends Clock {
  time = AT + DAY;

  override now(): number {
    return this.time;
  }
}

/** Time passes only while somebody sleeps. */
class SleptTime extends Sleeper {
  elapsed = 0;

  override async sleep(milliseconds: number): Promise<void> {
    this.elapsed += milliseconds;
  }
}

class SleptClock extends MonotonicClock {
  readonly #time: SleptTime;

  constructor(time: SleptTime) {
    super();
    this.#time = time;
  }

  override elapsed(): number {
    return this.#time.elapsed;
  }
}

/** A table that nothing may be asked for but single rows, of which each is noted. */
class NotedRows extends SourceRows {
  readonly read: SourceRows['read'];
  readonly asked: string[] = [];

  constructor(inner: SourceRows) {
    super();
    this.read = async (keys: readonly ItemKey[], signal?: AbortSignal) => {
      this.asked.push(...keys.map(({ sort }) => sort ?? ''));
      return inner.read(keys, signal);
    };
  }
}

class NotedReplica extends TableReplica {
  readonly #note: (changes: readonly Change[]) => unknown;

  constructor(note: (changes: readonly Change[]) => unknown) {
    super();
    this.#note = note;
  }

  override async apply(changes: readonly Change[]) {
    this.#note(changes);
    return [];
  }
}

class NoScan extends TableScan {
  override page(): never {
    throw new Error('the table is scanned');
  }

  override size(): never {
    throw new Error('the table is asked for its size');
  }
}

const FILLED: FilledTable = { table: EXPORTED_TABLE, tableId: undefined, streamSince: AT - DAY, gaps: [] };

/** A full table that was exported, and what fills. */
class ExportedWorld {
  readonly world = new FillWorld(SHOP);
  readonly rows = new NotedRows(this.world.rows);
  readonly notes = new MemoryNotes();
  readonly clock = new SetClock();
  readonly time = new SleptTime();
  readonly refused: string[] = [];
  readonly stop = new AbortController();
  table: ExportedTable | undefined;
  onPage: () => void = () => undefined;
  #runs = 0;

  async put(...written: readonly TableRow[]): Promise<void> {
    for (const one of written) await this.world.put(one, { lost: true });
  }

  /** Exports the rows that are there now. */
  async export(summary: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const items = (await this.world.scanned()).flatMap(({ scanned }) =>
      scanned === undefined ? [] : [exportedItem(scanned.attributes)],
    );
    const files = tableExport({ files: [items.slice(0, 5), items.slice(5)], at: AT, summary });
    this.table = await ExportedTable.open(exportFilesOf(files), SHOP.model.keys);
  }

  async execute(
    exported: Partial<ExportedFill> = {},
    options: Partial<BackfillOptions> = {},
    parts: Partial<BackfillParts> = {},
  ) {
    const { world, rows, time, clock, notes, table } = this;
    if (table === undefined) throw new Error('nothing was exported');
    const own = { rows, clock };
    const backfill = new Backfill({
      model: SHOP.model,
      scan: new NoScan(),
      listing: new MemoryDerivedListing(SHOP.model.keys, world.table, world.matcher, world.derivedRows),
      notes,
      derivations: new DerivationNotes(notes, (text) => createHash('sha256').update(text).digest('hex')),
      ...{ bring: world.filler(own), clear: world.clearing(), fences: world.fences },
      pretend: { bring: world.filler(own, { isDryRun: true }), clear: world.clearing({ isDryRun: true }) },
      ...{ retrier: aRetrier(), clock, monotonicClock: new SleptClock(time), sleeper: time },
      random: new FixedRandom(0.5),
      ...parts,
    });
    const pages: Pick<ExportedTable, 'page' | 'description'> = {
      description: table.description,
      page: async (request) => {
        this.onPage();
        return table.page(request);
      },
    };
    const fill: ExportedFill = { rows: pages, followedSince: AT - 1_000, filled: FILLED, ...exported };
    return backfill.execute(
      {
        ...{ ...BACKFILL_DEFAULTS, segments: 1, pageRows: 2, rate: undefined, exported: fill },
        ...{ run: `run ${++this.#runs}`, ...options },
      },
      { onRefused: ({ sort }, why) => this.refused.push(`${sort}: ${why}`) },
      this.stop.signal,
    );
  }
}

async function messageOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(Fault.is(error), String(error)).to.equal(true);
  expect((error as Fault).kind).to.equal('configuration');
  return (error as Fault).message;
}

describe('a backfill from an export', () => {
  beforeEach(() => calls.splice(0));

  it('given a table of which nothing is derived, then all is, and not one row is read from the table', async () => {
    const filled = new ExportedWorld();
    await filled.put(...IDS.map((id) => orderRow(id)));
    await filled.export();
    const { tally, readUnits, estimate } = await filled.execute();
    expect(tally).to.include({ scanned: 12, documents: 12, counts: 12, rows: 12, listed: 0, refused: 0 });
    expect([readUnits, estimate, filled.rows.asked]).to.deep.equal([0, 12, []]);
    expect(await filled.world.drift()).to.deep.equal([]);
  });

  it('given rows that have changed since, and were handled, then only those are read, and what is newer stays', async () => {
    const filled = new ExportedWorld();
    const { world } = filled;
    await filled.put(...IDS.map((id) => orderRow(id)));
    await filled.export();
    await world.put(orderRow('10', 'paid'));
    await world.remove(orderRow('11'));
    await world.handle();
    await world.index();
    await filled.execute();
    expect([...new Set(filled.rows.asked)].toSorted()).to.deep.equal(['ORDER#10', 'ORDER#11']);
    expect(await world.drift()).to.deep.equal([]);
  });

  it('given that it dies in the middle, then the next run goes on in that file, and reads no row from the table', async () => {
    const filled = new ExportedWorld();
    await filled.put(...IDS.map((id) => orderRow(id)));
    await filled.export();
    let pages = 0;
    filled.onPage = () => {
      if (++pages === 4) throw new Fault('permanent', 'the process is killed');
    };
    const error = await filled.execute().then(String, (reason: unknown) => (reason as Fault).message);
    expect(error).to.equal('the process is killed');
    filled.onPage = () => undefined;
    await filled.world.index();
    const { tally, isResumed, scannedBefore } = await filled.execute();
    expect([isResumed, scannedBefore, tally.scanned, tally.counts]).to.deep.equal([true, 6, 12, 12]);
    expect(filled.rows.asked).to.deep.equal([]);
    expect(await filled.world.drift()).to.deep.equal([]);
  });

  it('given another export than the run that was left, then it begins anew', async () => {
    const filled = new ExportedWorld();
    await filled.put(...IDS.map((id) => orderRow(id)));
    await filled.export();
    filled.onPage = () => filled.stop.abort();
    expect((await filled.execute()).isStopped).to.equal(true);
    const rest = new ExportedWorld();
    Object.assign(rest, { world: filled.world, notes: filled.notes, rows: filled.rows });
    await rest.export({ exportArn: `${EXPORTED_TABLE}/export/another` });
    expect((await rest.execute()).isResumed).to.equal(false);
  });

  it('given effects that are run for rows, then they are run for the row as it is now, and not for one that is gone', async () => {
    const filled = new ExportedWorld();
    const { world } = filled;
    await filled.put(playerRow('1', 'Ada'), playerRow('2', 'Bob'), playerRow('3', 'Eve'));
    await filled.export();
    await world.put(playerRow('1', 'Ada Lovelace'));
    await world.remove(playerRow('2', 'Bob'));
    const { tally } = await filled.execute();
    expect(tally.effects).to.equal(2);
    expect(calls.toSorted()).to.deep.equal(['welcome 1 Ada Lovelace', 'welcome 3 Eve']);
    const others = new ExportedWorld();
    await others.put(playerRow('1', 'Ada'));
    await others.export();
    await others.execute({}, { only: ['tally'] });
    expect(others.rows.asked).to.deep.equal([]);
  });

  it('given rows that the definition refuses as they were, then they are decided on as they are now', async () => {
    const filled = new ExportedWorld();
    const { world } = filled;
    await filled.put(orderRow('10', 'bad'), orderRow('11', 'bad'), orderRow('12'));
    await filled.export();
    await world.put(orderRow('10', 'paid'));
    const { tally } = await filled.execute();
    expect(tally).to.include({ scanned: 3, refused: 1, counts: 2, documents: 2 });
    expect(filled.refused.join()).to.match(/^ORDER#11: .*this row is bad/);
  });

  it('given a dry run, then says what would be done, and writes nothing', async () => {
    const filled = new ExportedWorld();
    await filled.put(...IDS.map((id) => orderRow(id)));
    await filled.export();
    const applied: unknown[] = [];
    const replica = new NotedReplica((changes) => applied.push(changes));
    const before = await filled.world.driftNow();
    const options = { isDryRun: true, rate: { units: 1 } };
    const { tally } = await filled.execute({}, options, { replica });
    expect(tally).to.include({ scanned: 12, documents: 12, counts: 12, rows: 12 });
    expect([
      await filled.world.driftNow(),
      applied,
      await filled.notes.load('backfill'),
      filled.time.elapsed < 1_000,
    ]).to.deep.equal([before, [], [], true]);
  });

  it('given a replica of the table, then the rows are put there first, as older than any change', async () => {
    const filled = new ExportedWorld();
    await filled.put(orderRow('10'), playerRow('1', 'Ada'));
    await filled.export();
    const applied: Change[] = [];
    const replica = new NotedReplica((changes) => applied.push(...changes));
    await filled.execute({}, {}, { replica });
    expect(applied.map(({ version }) => version)).to.deep.equal([
      { generation: 0, epoch: '', sequence: '0', fill: AT },
      { generation: 0, epoch: '', sequence: '0', fill: AT },
    ]);
  });

  it('given a row that the replica can never keep, then it is told of, and the others are filled', async () => {
    const filled = new ExportedWorld();
    await filled.put(...IDS.map((id) => orderRow(id)));
    await filled.export();
    const replica = new NotedReplica((changes) => {
      if (changes.some(({ item }) => item.endsWith('ORDER#13')))
        throw new Fault('permanent', 'it is larger than PostgreSQL takes');
    });
    const { tally } = await filled.execute({}, {}, { replica });
    expect(tally).to.include({ scanned: 12, refused: 1, counts: 11 });
    expect(filled.refused).to.deep.equal(['ORDER#13: it is larger than PostgreSQL takes']);
  });

  it('given a rate, then it is of what is written; a share is refused', async () => {
    const filled = new ExportedWorld();
    await filled.put(...IDS.map((id) => orderRow(id)));
    await filled.export();
    await filled.execute({}, { rate: { units: 6 } });
    // Three things derived of each row: the first pages go out on what is kept for a second and owed, the last is not waited for.
    expect(filled.time.elapsed).to.be.within(4_000, 6_000);
    expect(await messageOf(filled.execute({}, { rate: { share: 0.5 } }))).to.match(
      /--rate is of what is written/,
    );
  });

  it('given that changes since may not all be handled, then says what does not hold, and derives nothing', async () => {
    const filled = new ExportedWorld();
    await filled.put(orderRow('10'));
    await filled.export();
    const refusals: readonly (readonly [Partial<ExportedFill>, RegExp])[] = [
      [
        { followedSince: undefined },
        /with --followed-since TIME; where that is later, take a new export, or leave --export out/,
      ],
      [
        { followedSince: AT + 1 },
        /changes are handled since 2026-11-01T00:00:00\.001Z: what changed in between is in neither/,
      ],
      [
        { filled: { ...FILLED, table: `${EXPORTED_TABLE}2` } },
        /is an export of .*table\/shop, and the table is .*table\/shop2$/,
      ],
      [{ filled: { ...FILLED, tableId: 'another' } }, /is an export of an earlier table that had the name/],
      [{ filled: { ...FILLED, streamSince: 'off' } }, /the table has no stream/],
      [
        { filled: { ...FILLED, streamSince: AT + 1 } },
        /the table's stream is switched on since 2026-11-01T00:00:00\.001Z/,
      ],
      [
        {
          filled: {
            ...FILLED,
            gaps: [{ stream: 'S', shard: 'A', reason: 'trimmed', after: undefined, at: AT + 1 }],
          },
        },
        /changes were lost that may be later \(a gap of S, noted 2026-11-01T00:00:00\.001Z/,
      ],
    ];
    for (const [exported, message] of refusals)
      expect(await messageOf(filled.execute(exported))).to.match(message);
    expect((await filled.world.driftNow()).length).to.be.greaterThan(0);
    expect(await filled.notes.load('backfill')).to.deep.equal([]);
    const gap = { stream: 'S', shard: 'A', reason: 'trimmed', after: undefined, at: AT - 1 } as const;
    await filled.execute({ followedSince: AT, filled: { ...FILLED, streamSince: AT, gaps: [gap] } });
    expect(await filled.world.drift()).to.deep.equal([]);
  });

  it('given that removals since may be forgotten, before it begins or while it goes on, then it ends', async () => {
    const filled = new ExportedWorld();
    await filled.put(...IDS.map((id) => orderRow(id)));
    await filled.export();
    filled.clock.time = AT + 29 * DAY + 1;
    expect(await messageOf(filled.execute())).to.match(
      /29 days ago, and that a row was removed is remembered for 30 days/,
    );
    filled.clock.time = AT + 29 * DAY - 1;
    filled.onPage = () => (filled.clock.time += 1);
    expect(await messageOf(filled.execute())).to.match(/take a new export$/);
  });
});
