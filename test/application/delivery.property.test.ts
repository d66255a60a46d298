import { expect } from 'chai';
import fc from 'fast-check';
import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import { MemoryDerivedRowRepository } from '../../src/adapters/memory/memory-derived-row-repository.ts';
import { MemoryEffectLog } from '../../src/adapters/memory/memory-effect-log.ts';
import { MemoryTableGenerations } from '../../src/adapters/memory/memory-table-generations.ts';
import { lowestFailed } from '../../src/application/checkpoint.ts';
import { Fault } from '../../src/domain/fault.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { memoryBackend } from '../adapters/memory/memory-harness.ts';
import type { EntityParts } from '../support/factories.ts';
import { type Around, aroundCalls } from '../../src/simulation/world/ports.ts';
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
import { ForgetfulQueue } from './doubles.ts';
import { aWorker, derivedBy } from './worker.ts';

const RUNS = { numRuns: 150 };

/** What a table went through, and what it holds at the end. */
interface History {
  readonly records: readonly StreamRecord[];
  readonly rows: readonly TableRow[];
}

const ENTITIES: readonly EntityParts[] = [
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
    const target = images.find((row) => row['image_id'] === found[0]?.[3]);
    expect(target === undefined).to.equal(images.length === 0);
    if (target !== undefined)
      expect(JSON.stringify(found[0]?.[4])).to.include(`["caption","${target['caption'] as string}"]`);
  }
}

/** Checks that what is derived is true, and the same as if every change had been handled alone, once and in order. */
async function expectTheSame(backend: ReturnType<typeof memoryBackend>, { records, rows }: History) {
  const derived = await derivedBy(backend);
  const { documents, counts } = await oneByOne(records);
  expect(derived.documents).to.deep.equal(documents);
  expect(derived.counts).to.deep.equal(counts);
  expectTrue(derived, rows);
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
        await expectTheSame(backend, { records, rows });
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
        await expectTheSame(backend, { records, rows });
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
        await expectTheSame(backend, { records, rows });
      }),
      RUNS,
    );
  });

  it('with ports that fail before or after their work, retried from the checkpoint on: it is the same', async () => {
    const mishaps = fc.array(
      fc.constantFrom('none', 'none', 'none', 'before', 'after', 'throws before', 'throws after'),
      { maxLength: 60 },
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
          const { queue, images, matcher, table: replica } = backend;
          const generations = new MemoryTableGenerations();
          const ports = {
            queue,
            images,
            matcher,
            replica,
            rows: new MemoryDerivedRowRepository(),
            effects: new MemoryEffectLog(),
            quarantine: undefined,
            generations,
          };
          const { processBatch } = aWorker({ backend, ...aroundCalls(ports, withMishaps(next)) });
          let attempts = 0;
          for (let from = 0; from < records.length;) {
            expect(++attempts, 'attempts').to.be.at.most(records.length + script.length);
            const batch = records.slice(from, from + size).map((record) => toDelivery(record, fleet.model));
            const { outcomes } = await processBatch.execute(batch);
            expect(outcomes).to.have.length(batch.length);
            const checkpoint = lowestFailed(batch, outcomes);
            const failed = batch.findIndex(({ record }) => record.sequenceNumber === checkpoint);
            from += checkpoint === undefined ? batch.length : failed;
          }
          await expectTheSame(backend, { records, rows });
        },
      ),
      RUNS,
    );
  });
});

type Mishap = 'none' | 'before' | 'after' | 'throws before' | 'throws after';

/** Makes a call entry by entry, and lets what happens to each decide what is told of it. */
function withMishaps(next: () => Mishap): Around {
  return async (call, make) => {
    const results = [];
    for (const entry of call.entries) {
      const mishap = next();
      const fault = new Fault('transient', `failed ${mishap}`);
      if (mishap === 'throws before') throw fault;
      const [result] = mishap === 'before' ? [fault] : await make([entry]);
      if (mishap === 'throws after') throw fault;
      results.push(mishap === 'after' ? fault : result!);
    }
    return results;
  };
}
