import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { MemoryDerivedListing } from '../../../src/adapters/memory/memory-derived-listing.ts';
import { MemoryNotes } from '../../../src/adapters/memory/memory-notes.ts';
import {
  Backfill,
  BACKFILL_DEFAULTS,
  type BackfillOptions,
  type BackfillParts,
} from '../../../src/application/backfill/backfill.ts';
import { DerivationNotes } from '../../../src/application/plan/derivation-notes.ts';
import { Plan } from '../../../src/application/plan/plan.ts';
import { MonotonicClock } from '../../../src/application/ports/monotonic-clock.ts';
import { Sleeper } from '../../../src/application/ports/sleeper.ts';
import { type ScanPage, type ScanRequest, TableScan } from '../../../src/application/ports/table-scan.ts';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { effect } from '../../../src/domain/definition/effect.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { TableRow } from '../../support/stream-records.ts';
import { FillWorld } from '../bring-into-line/fill-world.ts';
import { aRetrier, FixedRandom } from '../doubles.ts';

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<{ readonly status: string }>();
const note = row({ PK: 'CUSTOMER#<customer>', SK: 'NOTE#<note>' }).with<{ readonly status: string }>();

const calls: string[] = [];
const called =
  (name: string) =>
  ({ key }: { readonly key: { readonly order: string } }) => {
    calls.push(`${name} ${key.order}`);
  };

const SHOP = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order, note },
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
    notes: counts(note, { by: ['status'], at: { PK: 'NOTES#<status>', SK: 'NOTES' } }),
    copies: rows(order, {
      of: ({ key, attributes }) => ({
        table: 'copies',
        key: { id: key.order },
        attributes: { status: attributes.status },
      }),
    }),
    latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status'] }),
    welcome: effect(order, { run: called('welcome'), backfill: true }),
    mail: effect(order, { run: called('mail') }),
  },
});

const orderRow = (id: string, status = 'open'): TableRow => ({ PK: 'CUSTOMER#c', SK: `ORDER#${id}`, status });

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

/** Tells of each page that is read. */
class ToldScan extends TableScan {
  readonly #world: FillWorld;
  readonly #onPage: (request: ScanRequest, page: ScanPage) => void;

  constructor(world: FillWorld, onPage: (request: ScanRequest, page: ScanPage) => void) {
    super();
    this.#world = world;
    this.#onPage = onPage;
  }

  override size() {
    return this.#world.scan.size();
  }

  override async page(request: ScanRequest): Promise<ScanPage> {
    const page = await this.#world.scan.page(request);
    this.#onPage(request, page);
    return page;
  }
}

/** A table whose rows nothing has handled, and what fills. */
class BackfillWorld {
  readonly world = new FillWorld(SHOP);
  readonly notes = new MemoryNotes();
  readonly derivations = new DerivationNotes(this.notes, (text) =>
    createHash('sha256').update(text).digest('hex'),
  );
  readonly time = new SleptTime();
  readonly pages: ScanRequest[] = [];
  readonly refused: string[] = [];
  readonly stop = new AbortController();
  onPage: (page: ScanPage) => void = () => undefined;
  #runs = 0;

  async execute(options: Partial<BackfillOptions> = {}, parts: Partial<BackfillParts> = {}) {
    const { world, time } = this;
    const backfill = new Backfill({
      model: SHOP.model,
      scan: new ToldScan(world, (request, page) => {
        this.pages.push(request);
        this.onPage(page);
      }),
      listing: new MemoryDerivedListing(SHOP.model.keys, world.table, world.matcher, world.derivedRows),
      notes: this.notes,
      derivations: this.derivations,
      ...{ bring: world.filler(), clear: world.clearing(), fences: world.fences },
      pretend: { bring: world.filler({}, { isDryRun: true }), clear: world.clearing({ isDryRun: true }) },
      retrier: aRetrier(),
      clock: world.clock,
      ...{ monotonicClock: new SleptClock(time), sleeper: time, random: new FixedRandom(0.5) },
      ...parts,
    });
    const settings = { ...BACKFILL_DEFAULTS, segments: 2, pageRows: 2, rate: undefined };
    return backfill.execute(
      { ...settings, run: `run ${++this.#runs}`, ...options },
      { onRefused: ({ sort }, why) => this.refused.push(`${sort}: ${why}`) },
      this.stop.signal,
    );
  }

  /** What is left to be filled. */
  async planned(): Promise<readonly string[]> {
    const { derivations, world } = this;
    const plan = await new Plan({ model: SHOP.model, scan: world.scan, derivations }).execute();
    return plan.derivations.flatMap(({ name, status }) => (status === 'new' ? [name] : []));
  }

  async put(...ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.world.put(orderRow(id), { lost: true });
  }
}

const IDS = Array.from({ length: 12 }, (_, index) => `${index + 10}`);

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(Fault.is(error), String(error)).to.equal(true);
  return error as Fault;
}

describe('Backfill', () => {
  beforeEach(() => calls.splice(0));

  it('given a full table, then all is derived, effects run where they say so, and a second time changes nothing', async () => {
    const filled = new BackfillWorld();
    await filled.put(...IDS);
    const { tally, isStopped } = await filled.execute();
    expect(isStopped).to.equal(false);
    expect(tally).to.include({ scanned: 12, documents: 12, counts: 12, rows: 12, effects: 12, refused: 0 });
    expect(await filled.world.drift()).to.deep.equal([]);
    expect(calls.sort()).to.deep.equal(IDS.map((id) => `welcome ${id}`));
    const again = await filled.execute();
    expect(again.isResumed).to.equal(false);
    expect(again.tally).to.include({ scanned: 12, counts: 0, rows: 0, pointers: 0, effects: 0 });
    expect(await filled.world.drift()).to.deep.equal([]);
  });

  it('given that it dies in the middle, then the next run goes on after the pages that were done', async () => {
    const filled = new BackfillWorld();
    await filled.put(...IDS);
    filled.onPage = () => {
      if (filled.pages.length === 4) throw new Fault('permanent', 'the process is killed');
    };
    expect((await faultOf(filled.execute({ segments: 1 }))).message).to.equal('the process is killed');
    filled.onPage = () => undefined;
    const left = filled.pages.at(-1);
    filled.pages.splice(0);
    const { tally, isResumed, scannedBefore } = await filled.execute({ segments: 1 });
    expect(isResumed).to.equal(true);
    expect(filled.pages[0]).to.deep.equal(left);
    expect([scannedBefore, tally.scanned, tally.counts]).to.deep.equal([6, 12, 12]);
    expect(await filled.world.drift()).to.deep.equal([]);
  });

  it('given that it is to stop, then it ends after the present page, which is noted', async () => {
    const filled = new BackfillWorld();
    await filled.put(...IDS);
    filled.onPage = () => filled.stop.abort();
    const { isStopped, tally } = await filled.execute({ segments: 1 });
    expect([isStopped, tally.scanned, tally.counts]).to.deep.equal([true, 2, 2]);
    expect(filled.pages).to.have.length(1);
    const rest = new BackfillWorld();
    Object.assign(rest, { world: filled.world, notes: filled.notes });
    expect((await rest.execute({ segments: 1 })).tally.scanned).to.equal(12);
    expect(await filled.world.drift()).to.deep.equal([]);
  });

  it('given rows that are gone, and whose removals were lost, then what they gave is cleared away', async () => {
    const filled = new BackfillWorld();
    const { world } = filled;
    for (const id of IDS) await world.put(orderRow(id));
    await world.handle();
    await world.index();
    for (const id of IDS) await world.remove(orderRow(id), { lost: true });
    expect((await world.driftNow()).join())
      .to.match(/tally extra/)
      .and.to.match(/latest extra/);
    const { tally } = await filled.execute();
    expect(tally).to.include({ scanned: 0, listed: 12, counts: 12, rows: 12, pointers: 1 });
    expect(await world.drift()).to.deep.equal([]);
  });

  it('given a pointer without rows, of which nothing is noted, then it is removed', async () => {
    const filled = new BackfillWorld();
    const { world } = filled;
    await world.put(orderRow('1'));
    await world.handle();
    await world.remove(orderRow('1'), { lost: true });
    const { tally } = await filled.execute({ only: ['latest'] });
    expect(tally).to.include({ listed: 1, pointers: 1, counts: 0 });
    expect((await world.driftNow()).join()).not.to.match(/latest/);
  });

  it('given rows that the scan has found, then those are not looked at again by what is noted of them', async () => {
    const filled = new BackfillWorld();
    await filled.put(...IDS);
    // Only the pointer, which is kept apart from the rows.
    expect((await filled.execute()).tally.listed).to.equal(1);
    expect((await filled.execute({ mostSeen: 5 })).tally.listed).to.equal(8);
  });

  it('given some derivations only, then nothing else is written, and gone rows keep the rest', async () => {
    const filled = new BackfillWorld();
    await filled.put(...IDS);
    const { tally } = await filled.execute({ only: ['tally'] });
    expect(tally).to.include({ counts: 12, documents: 0, rows: 0, pointers: 0, effects: 0, listed: 0 });
    expect(calls).to.deep.equal([]);
  });

  it('given a derivation that cannot be filled, then says so, and nothing is read', async () => {
    const filled = new BackfillWorld();
    const unknown = await faultOf(filled.execute({ only: ['talley'] }));
    expect([unknown.kind, unknown.message]).to.deep.equal([
      'configuration',
      'no derivation is called "talley": there are search, tally, notes, latest, copies, welcome',
    ]);
    const once = await faultOf(filled.execute({ only: ['mail'] }));
    expect(once.message).to.match(/^mail is an effect that is not run .*\{ backfill: true \}/);
    expect(filled.pages).to.deep.equal([]);
  });

  it('given other derivations than the run that was left, then it begins anew', async () => {
    const filled = new BackfillWorld();
    await filled.put(...IDS);
    filled.onPage = () => filled.stop.abort();
    await filled.execute({ segments: 1, only: ['tally'] });
    const rest = new BackfillWorld();
    Object.assign(rest, { world: filled.world, notes: filled.notes });
    const { isResumed } = await rest.execute({ segments: 1 });
    expect(isResumed).to.equal(false);
    expect(await rest.world.drift()).to.deep.equal([]);
  });

  it('given a row that the definition refuses, then it is told of, and the others are filled', async () => {
    const filled = new BackfillWorld();
    await filled.put(...IDS);
    await filled.world.put(orderRow('99', 'bad'), { lost: true });
    const { tally } = await filled.execute();
    expect(tally).to.include({ scanned: 13, refused: 1, counts: 12 });
    expect(filled.refused).to.have.length(1);
    expect(filled.refused[0]).to.match(/^ORDER#99: .*this row is bad/);
  });

  it('given a fault that may pass, then it is thrown, and the next run begins with that page', async () => {
    const filled = new BackfillWorld();
    await filled.put(...IDS);
    const bring = {
      execute: async (given: readonly unknown[]) => ({
        faults: given.map(() => new Fault('transient', 'the store is away')),
        tally: {} as never,
        derivations: new Map(),
      }),
    };
    const fault = await faultOf(filled.execute({ segments: 1 }, { bring }));
    expect(fault.message).to.equal('the store is away');
    expect((await filled.execute({ segments: 1 })).tally).to.include({ scanned: 12, counts: 12 });
  });

  it('given that it is complete, then what was filled is noted, and before that nothing is', async () => {
    const filled = new BackfillWorld();
    await filled.put(...IDS);
    const all = ['copies', 'latest', 'notes', 'search', 'tally', 'welcome'];
    expect(await filled.planned()).to.deep.equal(all);
    filled.onPage = () => filled.stop.abort();
    await filled.execute({ segments: 1, only: ['tally'] });
    expect(await filled.planned()).to.deep.equal(all);
    const rest = new BackfillWorld();
    Object.assign(rest, { world: filled.world, notes: filled.notes, derivations: filled.derivations });
    await rest.execute({ segments: 1, only: ['tally'] });
    expect(await rest.planned()).to.deep.equal(all.filter((name) => name !== 'tally'));
    await rest.execute();
    expect(await rest.planned()).to.deep.equal([]);
  });

  it('given a dry run, then says what would be done for each derivation, and writes nothing', async () => {
    const filled = new BackfillWorld();
    const { world } = filled;
    await filled.put(...IDS);
    await world.put(orderRow('99'));
    await world.handle();
    await world.remove(orderRow('99'), { lost: true });
    world.queue.drain();
    const before = await world.driftNow();
    calls.splice(0);
    const { tally, derivations, isStopped } = await filled.execute({ isDryRun: true });
    expect(isStopped).to.equal(false);
    const written = { copies: 13, latest: 1, notes: 0, search: 12, tally: 13, welcome: 12 };
    expect(Object.fromEntries(Array.from(derivations, ([name, one]) => [name, one.written]))).to.deep.equal(
      written,
    );
    expect(derivations.get('search')).to.deep.equal({ written: 12, unchanged: 1 });
    expect(await world.driftNow()).to.deep.equal(before);
    expect([calls, world.queue.drain(), await filled.notes.load('backfill')]).to.deep.equal([[], [], []]);
    expect(await filled.planned()).to.include('tally');
    // What it said is what is done then.
    const real = await filled.execute();
    const { counts, rows, documents: sent, pointers, effects } = real.tally;
    expect([counts, rows, sent, pointers, effects]).to.deep.equal([13, 13, 12, 1, 12]);
    expect(tally).to.deep.equal(real.tally);
  });

  it('given that the definition has changed since it was left, then it begins anew', async () => {
    const filled = new BackfillWorld();
    await filled.put(...IDS);
    filled.onPage = () => filled.stop.abort();
    await filled.execute({ segments: 1 });
    const rest = new BackfillWorld();
    Object.assign(rest, { world: filled.world, notes: filled.notes });
    const derivations = { hashOf: () => 'of another definition', save: async () => undefined };
    expect((await rest.execute({ segments: 1 }, { derivations })).isResumed).to.equal(false);
  });

  it('given documents of gone rows of which only a fence tells, then those are deleted, and no others', async () => {
    const filled = new BackfillWorld();
    const { world } = filled;
    for (const id of IDS) await world.put(orderRow(id));
    await world.handle();
    await world.index();
    for (const id of IDS.slice(0, 5)) await world.remove(orderRow(id), { lost: true });
    const search = () => world.engine.all();
    const would = await filled.execute({ only: ['search'], isDryRun: true });
    expect(would.tally.documents).to.equal(12);
    const { tally } = await filled.execute({ only: ['search'] });
    // Seven are sent again, as only the index knows what it holds.
    expect([tally.documents, tally.listed]).to.deep.equal([12, 5]);
    await world.index();
    const ids: string[] = [];
    for (const { key } of search()) ids.push(key.id);
    expect(ids.sort()).to.deep.equal(IDS.slice(5).map((id) => `c:${id}`));
    expect((await filled.execute({ only: ['search'] })).tally).to.include({ documents: 7, listed: 0 });
  });

  it('given a document whose id no row of the table has, then it stays, and is told of', async () => {
    const filled = new BackfillWorld();
    const { world } = filled;
    await filled.put('10');
    const document = { collection: 'orders', id: '10' };
    const to = { version: { generation: 0, epoch: '', sequence: '5' }, removed: false, revision: 0 };
    await world.fences.advance([{ key: document, from: undefined, to }]);
    const { unknownDocuments } = await filled.execute();
    expect(unknownDocuments).to.equal(1);
    expect(world.queue.drain().map(({ key }) => key.id)).to.deep.equal(['c:10']);
  });

  it('given a rate, then pages keep to it', async () => {
    const filled = new BackfillWorld();
    await filled.put(...IDS);
    await filled.execute({ segments: 1, rate: { units: 1 } });
    // A unit a row: the first two pages go out on what is kept for a second and owed, the rest is waited for.
    expect(filled.time.elapsed).to.be.within(9_000, 11_000);
  });
});
