import { expect } from 'chai';
import fc from 'fast-check';
import { toDelivery } from '../../src/adapters/dynamodb-stream/stream-record.ts';
import { MemorySearchQueue } from '../../src/adapters/memory/memory-search-queue.ts';
import { lowestFailed } from '../../src/application/checkpoint.ts';
import { ImageRepository } from '../../src/application/ports/image-repository.ts';
import { MatcherRepository } from '../../src/application/ports/matcher-repository.ts';
import { SearchQueue } from '../../src/application/ports/search-queue.ts';
import { TableReplica } from '../../src/application/ports/table-replica.ts';
import type { Change } from '../../src/domain/change.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { Entity } from '../../src/domain/row.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import { memoryBackend } from '../adapters/memory/memory-harness.ts';
import {
  faaRow,
  icaoTypeRow,
  icaoVariantRow,
  imageRow,
  linkRow,
  type Plain,
  SourceTable,
  strangeRow,
  type StreamRecord,
  type TableRow,
} from '../support/stream-records.ts';
import { aWorker, derivedBy } from './worker.ts';

const RUNS = { numRuns: 150 };

/** What a table went through, and what it holds at the end. */
interface History {
  readonly records: readonly StreamRecord[];
  readonly rows: readonly TableRow[];
}

const ENTITIES: readonly Entity[] = [
  { orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId: 'N1' },
  { orgId: 'A#B', entityType: 'ICAO', entityId: 'N1' },
];
const MODELS = ['172S', ' 172S ', '182T', '', 5];

/** A row out of so few that most changes meet one that is there. */
const someRow: fc.Arbitrary<TableRow> = fc
  .record({ kind: fc.nat(5), which: fc.nat(2), variant: fc.nat(4) })
  .map(({ kind, which, variant }) => {
    const attributes = { caption: variant % 2 === 0 ? 'x' : 'y', note: variant };
    const tuple: Plain[] = ['CESSNA', MODELS[variant] ?? 'none', 'C172'];
    switch (kind) {
      case 0:
        return faaRow(`N${which}`, { model: `${variant % 2}`, note: variant });
      case 1:
        return linkRow('1', `${which}`, tuple);
      case 2:
        return imageRow(ENTITIES[0]!, `${which}`, attributes);
      case 3:
        return imageRow(ENTITIES[1]!, `${which}`, attributes);
      case 4:
        return icaoTypeRow(`%${which}`, { model: `${variant % 2}` });
      default:
        return which === 0 ? strangeRow('x', { variant }) : icaoVariantRow('x', { variant });
    }
  });

/** Rows are put, and sometimes removed. Sequence numbers get longer on the way. */
const history: fc.Arbitrary<History> = fc
  .array(fc.tuple(someRow, fc.nat(2)), { minLength: 1, maxLength: 40 })
  .map((steps) => {
    const table = new SourceTable({ firstSequence: 90n });
    const records = steps.map(([row, dice]) =>
      dice === 0 && table.has(row) ? table.remove(row) : table.put(row),
    );
    return { records, rows: table.rows };
  });

/** Batch after batch, each going back a bit at times, until all has been delivered. */
const deliveries = fc.array(fc.record({ back: fc.nat(8), size: fc.integer({ min: 1, max: 12 }) }), {
  maxLength: 20,
});

function cut<T>(items: readonly T[], batches: readonly { back: number; size: number }[]): T[][] {
  const result: T[][] = [];
  let next = 0;
  for (const { back, size } of batches) {
    const from = Math.max(0, next - back);
    result.push(items.slice(from, from + size));
    next = Math.max(next, Math.min(from + size, items.length));
  }
  return [...result, items.slice(next)];
}

type Derived = Awaited<ReturnType<typeof derivedBy>>;

/** What is derived when every change is handled alone, once and in order. */
async function oneByOne(records: readonly StreamRecord[]): Promise<Derived> {
  const { handle, backend } = aWorker();
  for (const record of records) await handle(record);
  return derivedBy(backend);
}

/** Checks against the rows themselves; which of its images is an entity's default is free. */
function expectTrue(derived: Derived, rows: readonly TableRow[]): void {
  const counts = new Map<string, number>();
  for (const row of rows.filter(({ PK }) => PK === 'FAA#LINKS')) {
    const model = row['model'];
    if (typeof model === 'string' && model.trim() !== '')
      counts.set(model.trim(), (counts.get(model.trim()) ?? 0) + 1);
  }
  expect(derived.counts.map(([, model, , count]) => [model, count])).to.have.deep.members([...counts]);

  const ids = rows.flatMap(({ PK, SK, registration, designator, image_id: imageId }) => {
    if (PK === 'AIRCRAFT#REGISTRY#FAA') return [`FAA:${registration as string}`];
    if (PK === 'ICAO#AIRCRAFT') return [(designator as string).replace('%', '%25')];
    return PK.startsWith('IMAGES#ORG#SYSTEM') && SK.startsWith('IMG#') ? [`N1:${imageId as string}`] : [];
  });
  expect(derived.documents.map(([, id]) => id)).to.have.members(ids);

  for (const { orgId } of ENTITIES) {
    const images = rows.filter(({ PK }) => PK.startsWith(`IMAGES#ORG#${orgId}#`));
    const found = derived.defaults.filter(([org]) => org === orgId);
    expect(found).to.have.length(images.length > 0 ? 1 : 0);
    const pointed = images.find((row) => row['image_id'] === found[0]?.[3]);
    expect(pointed === undefined).to.equal(images.length === 0);
    if (pointed !== undefined)
      expect(JSON.stringify(found[0]?.[4])).to.include(`["caption","${pointed['caption'] as string}"]`);
  }
}

/** The memory backend with a queue that forgets at once what it delivered, so that repeats are left to the index. */
function forgetfulBackend() {
  return { ...memoryBackend(), queue: new ForgetfulQueue() };
}

describe('whatever is delivered, however often and in whatever batches', () => {
  it('handled one by one, everything derived is what the rows say', async () => {
    await fc.assert(
      fc.asyncProperty(history, async ({ records, rows }) => {
        expectTrue(await oneByOne(records), rows);
      }),
      RUNS,
    );
  });

  it('in order, in any batches, some delivered again: it is the same', async () => {
    await fc.assert(
      fc.asyncProperty(history, deliveries, async ({ records, rows }, batches) => {
        const { handle, backend } = aWorker();
        for (const batch of cut(records, batches)) await handle(...batch);
        const derived = await derivedBy(backend);
        const { documents, counts } = await oneByOne(records);
        expect(derived.documents).to.deep.equal(documents);
        expect(derived.counts).to.deep.equal(counts);
        expectTrue(derived, rows);
      }),
      RUNS,
    );
  });

  it('in no order at all, in any batches, some delivered again: it is the same', async () => {
    const shuffled = history.chain(({ records, rows }) =>
      fc.record({
        records: fc.constant(records),
        rows: fc.constant(rows),
        order: fc.shuffledSubarray([...records, ...records.slice(0, 5)], {
          minLength: records.length + Math.min(5, records.length),
        }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(shuffled, deliveries, async ({ records, rows, order }, batches) => {
        const { handle, backend } = aWorker({ backend: forgetfulBackend() });
        for (const batch of cut(order, batches)) await handle(...batch);
        const derived = await derivedBy(backend);
        const { documents, counts } = await oneByOne(records);
        expect(derived.documents).to.deep.equal(documents);
        expect(derived.counts).to.deep.equal(counts);
        expectTrue(derived, rows);
      }),
      RUNS,
    );
  });

  it('by two workers at once: it is the same', async () => {
    await fc.assert(
      fc.asyncProperty(history, deliveries, deliveries, async ({ records, rows }, mine, theirs) => {
        const backend = forgetfulBackend();
        const workers = [mine, theirs].map(async (batches) => {
          const { handle } = aWorker({ backend });
          for (const batch of cut(records, batches)) await handle(...batch);
        });
        await Promise.all(workers);
        const derived = await derivedBy(backend);
        const { documents, counts } = await oneByOne(records);
        expect(derived.documents).to.deep.equal(documents);
        expect(derived.counts).to.deep.equal(counts);
        expectTrue(derived, rows);
      }),
      RUNS,
    );
  });

  it('with ports that fail before or after they have done their work, retried from the checkpoint on: it is the same', async () => {
    const mishaps = fc.array(
      fc.constantFrom('none', 'none', 'none', 'before', 'after', 'throws before', 'throws after'),
      {
        maxLength: 60,
      },
    );
    await fc.assert(
      fc.asyncProperty(
        history,
        mishaps,
        fc.integer({ min: 1, max: 15 }),
        async ({ records, rows }, script, size) => {
          const backend = forgetfulBackend();
          const left = [...script];
          const next = () => left.shift() ?? 'none';
          const { processBatch } = aWorker({
            backend,
            queue: new FailingQueue(backend.queue, next),
            images: new FailingImages(backend.images, next),
            matcher: new FailingMatcher(backend.matcher, next),
            replica: new FailingReplica(backend.table, next),
          });
          let attempts = 0;
          for (let from = 0; from < records.length;) {
            expect(++attempts, 'attempts').to.be.at.most(records.length + script.length);
            const batch = records.slice(from, from + size).map((record) => toDelivery(record));
            const { outcomes } = await processBatch.execute(batch);
            expect(outcomes).to.have.length(batch.length);
            const checkpoint = lowestFailed(batch, outcomes);
            const failed = batch.findIndex(({ record }) => record.sequenceNumber === checkpoint);
            from += checkpoint === undefined ? batch.length : failed;
          }
          const derived = await derivedBy(backend);
          const { documents, counts } = await oneByOne(records);
          expect(derived.documents).to.deep.equal(documents);
          expect(derived.counts).to.deep.equal(counts);
          expectTrue(derived, rows);
        },
      ),
      RUNS,
    );
  });
});

class ForgetfulQueue extends MemorySearchQueue {
  #waiting: SearchAction[] = [];

  override async send(actions: readonly SearchAction[]) {
    this.#waiting.push(...actions);
    return actions.map(() => 'done' as const);
  }

  override drain(): readonly SearchAction[] {
    return this.#waiting.splice(0);
  }
}

type Mishap = 'none' | 'before' | 'after' | 'throws before' | 'throws after';

/** Does the work for each entry on its own, and lets what happens to it decide what is told of it. */
async function failing<T, R>(
  entries: readonly T[],
  work: (entries: readonly T[]) => Promise<readonly R[]>,
  next: () => Mishap,
): Promise<(R | Fault)[]> {
  const results: (R | Fault)[] = [];
  for (const entry of entries) {
    const mishap = next();
    const fault = new Fault('transient', `failed ${mishap}`);
    if (mishap === 'throws before') throw fault;
    const [result] = mishap === 'before' ? [fault] : await work([entry]);
    if (mishap === 'throws after') throw fault;
    results.push(mishap === 'after' ? fault : result);
  }
  return results;
}

class FailingQueue extends SearchQueue {
  readonly #inner: SearchQueue;
  readonly #next: () => Mishap;

  constructor(inner: SearchQueue, next: () => Mishap) {
    super();
    this.#inner = inner;
    this.#next = next;
  }

  override send(actions: Parameters<SearchQueue['send']>[0]) {
    return failing(actions, (some) => this.#inner.send(some), this.#next);
  }
}

class FailingImages extends ImageRepository {
  readonly #inner: ImageRepository;
  readonly #next: () => Mishap;

  constructor(inner: ImageRepository, next: () => Mishap) {
    super();
    this.#inner = inner;
    this.#next = next;
  }

  override load(entities: readonly Entity[]) {
    return failing(entities, (some) => this.#inner.load(some), this.#next);
  }

  override save(writes: Parameters<ImageRepository['save']>[0]) {
    return failing(writes, (some) => this.#inner.save(some), this.#next);
  }
}

class FailingMatcher extends MatcherRepository {
  readonly #inner: MatcherRepository;
  readonly #next: () => Mishap;

  constructor(inner: MatcherRepository, next: () => Mishap) {
    super();
    this.#inner = inner;
    this.#next = next;
  }

  override async load(links: Parameters<MatcherRepository['load']>[0]) {
    if (this.#next().startsWith('throws')) throw new Fault('transient', 'failed to read');
    return this.#inner.load(links);
  }

  override apply(moves: Parameters<MatcherRepository['apply']>[0]) {
    return failing(moves, (some) => this.#inner.apply(some), this.#next);
  }
}

class FailingReplica extends TableReplica {
  readonly #inner: TableReplica;
  readonly #next: () => Mishap;

  constructor(inner: TableReplica, next: () => Mishap) {
    super();
    this.#inner = inner;
    this.#next = next;
  }

  override async apply(changes: readonly Change[]) {
    const mishap = this.#next();
    if (mishap === 'throws before') throw new Fault('transient', mishap);
    const unconnected = await this.#inner.apply(changes);
    if (mishap === 'throws after') throw new Fault('transient', mishap);
    return unconnected;
  }
}
