import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { MemoryDerivedListing } from '../../../src/adapters/memory/memory-derived-listing.ts';
import { MemoryImageRepository } from '../../../src/adapters/memory/memory-image-repository.ts';
import { MemoryNotes } from '../../../src/adapters/memory/memory-notes.ts';
import { SystemMonotonicClock, SystemSleeper } from '../../../src/adapters/system/system.ts';
import { ClearDocuments } from '../../../src/application/bring-into-line/clear-documents.ts';
import { UnwritingImages, UnwritingLog } from '../../../src/application/bring-into-line/unwriting-ports.ts';
import { withoutWriting } from '../../../src/application/bring-into-line/without-writing.ts';
import { DerivationNotes } from '../../../src/application/plan/derivation-notes.ts';
import { Purge, type PurgeOptions } from '../../../src/application/purge/purge.ts';
import { RemoveDerived } from '../../../src/application/purge/remove-derived.ts';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable, type TableDefinition } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import { Fingerprinter } from '../../../src/domain/drift/fingerprint.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { derivationsOf } from '../../../src/domain/plan/derivation-data.ts';
import type { TableRow } from '../../support/stream-records.ts';
import { FillWorld } from '../bring-into-line/fill-world.ts';
import { aRetrier } from '../doubles.ts';

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<{
  readonly status: string;
  readonly total: number;
}>();

const copy = (table: string, keep = false) =>
  rows(order, {
    keep,
    of: ({ key, attributes }) => ({
      table,
      key: { id: key.order },
      attributes: { status: attributes.status },
    }),
  });

const ALL = {
  search: documents(order, { collection: 'orders', fields: ['status'] }),
  tally: counts(order, { by: ['status'], at: { PK: 'STATUS#<status>', SK: 'ORDERS' } }),
  spend: counts(order, { by: ['status'], amount: 'total', at: { PK: 'SPEND#<status>', SK: 'TOTAL' } }),
  copies: copy('copies'),
  log: copy('log', true),
  latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status'] }),
};

const STATUSES = ['open', 'paid', 'sent'];
const orderRow = (n: number): TableRow => ({
  ...{ PK: `CUSTOMER#${n % 3}`, SK: `ORDER#${n}` },
  ...{ status: STATUSES[n % 3] ?? '', total: n },
});
const NUMBERS = Array.from({ length: 12 }, (_, index) => index + 10);

function shop(derive: Readonly<Record<string, unknown>>): TableDefinition {
  return defineTable({ keys: { partition: 'PK', sort: 'SK' }, rows: { order }, derive: derive as never });
}

/** All but some. */
function without(...names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(ALL).filter(([name]) => !names.includes(name)));
}

/** A table from which everything is derived, and noted to be. */
class PurgedWorld {
  readonly world = new FillWorld(shop(ALL));
  readonly notes = new MemoryNotes();
  readonly derivations = new DerivationNotes(this.notes, (text) =>
    createHash('sha256').update(text).digest('hex'),
  );
  readonly stop = new AbortController();
  #runs = 0;

  async fill(): Promise<void> {
    const { world } = this;
    for (const n of NUMBERS) await world.put(orderRow(n));
    await world.handle();
    await world.index();
    const { model } = shop(ALL);
    await this.derivations.save(model.keys, derivationsOf(model), 1_000);
  }

  async purge(name: string, definition: TableDefinition, options: Partial<PurgeOptions> = {}) {
    const { world, notes, derivations } = this;
    const { model } = definition;
    const { matcher, derivedRows, fences, queue, rows: source, clock, effects } = world;
    const [retrier, images] = [aRetrier(), new MemoryImageRepository(world.table)];
    const deps = { model, rows: source, matcher, derivedRows, fences, queue, retrier, clock } as never;
    const dry = withoutWriting(deps, { images, log: effects, fingerprints: new Fingerprinter(() => 0.5) });
    const purge = new Purge({
      ...{ model, scan: world.scan, notes, derivations, fences, retrier, clock },
      listingOf: ({ keys }) => new MemoryDerivedListing(keys, world.table, matcher, derivedRows),
      removing: {
        clear: new ClearDocuments(deps),
        remove: new RemoveDerived({ matcher, derivedRows, images, effects, retrier, clock }),
      },
      pretending: {
        clear: new ClearDocuments(dry),
        remove: new RemoveDerived({
          ...dry,
          ...{ images: new UnwritingImages(images), effects: new UnwritingLog(effects) },
        }),
      },
      monotonicClock: new SystemMonotonicClock(),
      sleeper: new SystemSleeper(),
    });
    const settings = { isDryRun: false, segments: 2, pageRows: 5, rate: undefined };
    const figures = await purge.execute(
      name,
      { ...settings, run: `run ${++this.#runs}`, ...options },
      this.stop.signal,
    );
    const { states, documents: sent, counts: counted, pointers, rows: derived, left } = figures;
    return {
      states,
      documents: sent,
      counts: counted,
      pointers,
      rows: derived,
      left: Object.fromEntries(left),
    };
  }

  /** What is there, by the derivations' names: how many counts, rows and pointers; documents by their ids. */
  async there() {
    const { world } = this;
    await world.index();
    const names = [
      ...Array.from(world.matcher.counts(), ({ model }) => model.name),
      ...Array.from(world.derivedRows.rows(), ({ model }) => model.name),
      ...Array.from(world.table.pointers(), ({ entity }) => entity.model.name),
    ];
    for (const { key } of world.engine.all()) names.push(key.collection);
    const found: Record<string, number> = {};
    for (const name of names) found[name] = (found[name] ?? 0) + 1;
    return found;
  }
}

const EVERYTHING = { orders: 12, tally: 3, spend: 3, copies: 12, log: 12, latest: 3 };
const NOTHING = { states: 0, documents: 0, counts: 0, pointers: 0, rows: 0, left: {} };

/** What goes with each derivation. */
const CASES: Readonly<Record<keyof typeof ALL, { removed: object; goes: readonly string[] }>> = {
  search: { removed: { documents: 12 }, goes: ['orders'] },
  tally: { removed: { states: 12, counts: 12 }, goes: ['tally'] },
  spend: { removed: { states: 12, counts: 12 }, goes: ['spend'] },
  copies: { removed: { states: 12, rows: 12 }, goes: ['copies'] },
  log: { removed: { states: 12 }, goes: [] },
  latest: { removed: { pointers: 3 }, goes: ['latest'] },
};

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(Fault.is(error), String(error)).to.equal(true);
  return error as Fault;
}

describe('Purge', () => {
  for (const [name, { removed, goes }] of Object.entries(CASES)) {
    it(`given that ${name} is gone, then all that it derived goes, and nothing else`, async () => {
      const purged = new PurgedWorld();
      await purged.fill();
      expect(await purged.there()).to.deep.equal(EVERYTHING);
      expect(await purged.purge(name, shop(without(name)))).to.deep.equal({ ...NOTHING, ...removed });
      const rest = Object.fromEntries(Object.entries(EVERYTHING).filter(([one]) => !goes.includes(one)));
      expect(await purged.there()).to.deep.equal(rest);
      expect([...(await purged.derivations.load()).keys()]).not.to.include(name);
    });

    it(`given a dry run for ${name}, then it says the same, and nothing goes`, async () => {
      const purged = new PurgedWorld();
      await purged.fill();
      const before = [await purged.there(), await purged.notes.load('derivations')];
      expect(await purged.purge(name, shop(without(name)), { isDryRun: true })).to.deep.equal({
        ...NOTHING,
        ...removed,
      });
      expect(await purged.notes.load('purge')).to.deep.equal([]);
      expect([await purged.there(), await purged.notes.load('derivations')]).to.deep.equal(before);
    });
  }

  it('given a derivation that the definition has, then it is refused', async () => {
    const purged = new PurgedWorld();
    await purged.fill();
    const fault = await faultOf(purged.purge('tally', shop(ALL)));
    expect([fault.kind, fault.message]).to.deep.equal([
      'configuration',
      'the definition still has the derivation tally: take it out, deploy that, and purge it then',
    ]);
    expect(await purged.there()).to.deep.equal(EVERYTHING);
  });

  it('given one of which nothing is noted, then says which ones are gone', async () => {
    const purged = new PurgedWorld();
    await purged.fill();
    const fault = await faultOf(purged.purge('talley', shop(without('tally', 'log'))));
    expect(fault.message).to.match(/^nothing is noted of a derivation "talley".*; gone are log, tally$/);
  });

  it('given that it is stopped, or dies, then the same goes on, and nothing goes twice', async () => {
    const purged = new PurgedWorld();
    await purged.fill();
    const { matcher } = purged.world;
    const apply = matcher.apply.bind(matcher);
    matcher.apply = async (moves, signal) => {
      await apply(moves.slice(0, 5), signal);
      throw new Fault('permanent', 'the process is killed');
    };
    const definition = shop(without('tally'));
    expect((await faultOf(purged.purge('tally', definition))).message).to.equal('the process is killed');
    matcher.apply = apply;
    expect(await purged.purge('tally', definition)).to.include({ states: 7, counts: 7 });
    const rest = Object.fromEntries(Object.entries(EVERYTHING).filter(([name]) => name !== 'tally'));
    expect(await purged.there()).to.deep.equal(rest);
  });

  it('given a count that its states contradict, then that goes as well', async () => {
    const purged = new PurgedWorld();
    await purged.fill();
    const { matcher } = purged.world;
    const seen = [...matcher.stored()].find(({ model }) => model.name === 'tally')!;
    const { model, tuple, count, rows: counted } = seen;
    const to = { count: count.plus(count), rows: counted + 3 };
    expect(await matcher.correct([{ model, tuple, seen, to }])).to.deep.equal(['done']);
    expect((await purged.purge('tally', shop(without('tally')))).left).to.deep.equal({});
    expect((await purged.there())['tally']).to.equal(undefined);
  });

  it('given the same documents under another name, then those stay that rows give', async () => {
    const purged = new PurgedWorld();
    await purged.fill();
    const find = documents(order, {
      collection: 'orders',
      fields: ['status'],
      where: ({ attributes }) => attributes.status === 'open',
    });
    expect(await purged.purge('search', shop({ find, ...without('search') }))).to.include({ documents: 8 });
    expect(await purged.there()).to.include({ orders: 4 });
  });

  it('given documents in the same collection that the derivation cannot have given, then those stay', async () => {
    const purged = new PurgedWorld();
    await purged.fill();
    const { fences, queue } = purged.world;
    const to = { version: { generation: 0, epoch: '', sequence: '5' }, removed: false, revision: 0 };
    const foreign = { collection: 'orders', id: 'of-another-table' };
    await fences.advance([{ key: foreign, from: undefined, to }]);
    queue.drain();
    expect(await purged.purge('search', shop(without('search')))).to.include({ documents: 12 });
    expect(queue.drain().map(({ key }) => key.id)).not.to.include(foreign.id);
  });

  it('given a change that the worker handles meanwhile, then that is right afterwards', async () => {
    const purged = new PurgedWorld();
    await purged.fill();
    const definition = shop(without('copies'));
    const world = purged.world;
    const { derivedRows } = world;
    const apply = derivedRows.apply.bind(derivedRows);
    let changes = 0;
    // Between what is read and what is written.
    derivedRows.apply = async (moves, signal) => {
      if (changes++ === 0) {
        await world.put({ ...orderRow(10), status: 'new' });
        await world.handle();
      }
      return apply(moves, signal);
    };
    await purged.purge('copies', definition);
    const { tally, spend, latest } = await purged.there();
    expect([tally, spend, latest]).to.deep.equal([4, 4, 3]);
    expect((await purged.there())['copies']).to.equal(undefined);
  });
});
