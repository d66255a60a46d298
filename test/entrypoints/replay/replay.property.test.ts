import { expect } from 'chai';
import fc from 'fast-check';
import { TableGenerations } from '../../../src/application/ports/table-generations.ts';
import { ProcessBatch } from '../../../src/application/process-batch.ts';
import { verify } from '../../../src/application/verify/verify.ts';
import { compareTexts } from '../../../src/domain/compare-texts.ts';
import { toJson } from '../../../src/domain/json.ts';
import { replay } from '../../../src/entrypoints/cli/replay/replay.ts';
import { RecordedStreams } from '../../../src/entrypoints/cli/replay/streams.ts';
import { createMemoryWorker } from '../../../src/entrypoints/memory-worker.ts';
import { generateRecords } from '../../../src/fleet/feed/generate.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { collect } from '../../support/collect.ts';
import { imageRecord, linkRecord, registrationRecord, rowRecord } from '../../support/stream-records.ts';

/** Replays records, one a line, on a memory backend of its own. */
async function replayed(records: readonly unknown[], batchSize: number) {
  const { container, state, drain } = createMemoryWorker({ log: { level: 'silent' } });
  const streams = await RecordedStreams.open(fleet.model, container.get(TableGenerations), {});
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const { outcomes, failures } = await replay(
    [{ name: 'f', open: () => [Buffer.from(text)] as unknown as AsyncIterable<Uint8Array> }],
    { batchSize },
    { streams, processBatch: container.get(ProcessBatch), drain },
  );
  const documents = await collect(state.documents());
  const counts = await collect(state.counts());
  return {
    outcomes,
    failures: failures.list(),
    drift: (await verify(state, fleet)).drift,
    documents: documents
      .map(({ key, fields }) => `${key.collection} ${key.id} ${toJson(fields)}`)
      .toSorted(compareTexts),
    counts: counts
      .map(({ tuple, count }) => JSON.stringify({ tuple, count: Number(count.text) }))
      .toSorted(compareTexts),
  };
}

describe('replaying', function () {
  this.timeout(120_000);

  describe('given a recording that begins in the middle of the table’s life', () => {
    it('then what is derived of the rows that it shows is right, wherever it begins', async () => {
      const feed = [...generateRecords({ seed: 17, records: 900, fleet: 40 })];
      const starts = fc.integer({ min: 0, max: feed.length - 1 });
      await fc.assert(
        fc.asyncProperty(starts, fc.constantFrom(1, 7, 100), async (start, batchSize) => {
          const { outcomes, drift } = await replayed(feed.slice(start), batchSize);
          expect(drift).to.deep.equal([]);
          expect(outcomes.failed).to.equal(0);
        }),
        { numRuns: 40 },
      );
    });

    const row = { registration: 'N1', model: '172' };
    const touched = registrationRecord('N1', { before: row, after: { ...row, note: 'seen' } });
    const touchedAgain = registrationRecord('N1', {
      before: { ...row, note: 'seen' },
      after: { ...row, note: 'seen twice' },
    });
    const link = { manufacturer: 'CESSNA', model: '172', type_designator: 'C172' };
    const beginnings: [string, unknown[], number][] = [
      ['a change that touches nothing that is indexed', [touched], 1],
      ['two such changes', [touched, touchedAgain], 1],
      ['such a change twice', [touched, touched], 1],
      ['a removal', [registrationRecord('N1', { before: row, after: undefined })], 0],
      [
        'a change of a link that keeps its tuple',
        [linkRecord('1', '172', { before: link, after: { ...link, note: 'x' } })],
        0,
      ],
    ];
    for (const [what, records, documents] of beginnings)
      it(`and ${what}, then nothing drifts`, async () => {
        for (const batchSize of [1, 100]) {
          const result = await replayed(records, batchSize);
          expect(result.drift).to.deep.equal([]);
          expect(result.documents).to.have.length(documents);
        }
      });

    const partition = 'IMAGES#ORG#SYSTEM#ENTITY#REGISTRATION#ID#N1';
    const defaultTo = (before: string, after: string) =>
      rowRecord({ PK: partition, SK: 'DEFAULT', image_id: after }, { before: { image_id: before } });

    it('and a default row whose image it never shows, then nothing is said of that entity', async () => {
      for (const records of [[defaultTo('A', 'B')], [imageRecord('N1', 'C'), defaultTo('A', 'B')]])
        expect((await replayed(records, 1)).drift).to.deep.equal([]);
    });

    it('and a default row whose image it has shown to be gone, then that is drift', async () => {
      const gone = imageRecord('N1', 'B', { before: { image_id: 'B' }, after: undefined });
      const { drift } = await replayed([gone, defaultTo('A', 'B')], 1);
      expect(drift).to.deep.equal([{ derivation: 'default-image', problem: 'extra', what: partition }]);
    });
  });

  describe('given records that are repeated, differ or cannot be handled', () => {
    /** Changes of few items, each with a version of its content; some are poison. */
    const change = fc
      .record({
        item: fc.constantFrom('A', 'B', 'C'),
        step: fc.integer({ min: 1, max: 6 }),
        said: fc.integer({ min: 1, max: 12 }).map((draw) => (draw === 1 ? 'two' : 'one')),
        kind: fc.constantFrom('document', 'document', 'link'),
        poison: fc.integer({ min: 0, max: 29 }),
        spelled: fc.boolean(),
      })
      .map(({ item, step, said, kind, poison, spelled }) => {
        const sequence = String(100 * 'ABC'.indexOf(item) + step);
        const after = { registration: item, status: `${step} ${said}` };
        const record =
          kind === 'link'
            ? linkRecord(item, `${step} ${said}`, { sequence })
            : registrationRecord(item, { sequence, before: { registration: item }, after });
        if (poison === 0) Object.assign(record.dynamodb.NewImage!, { model: { X: 'poison' } });
        // The same, though not to the letter: event IDs are random, and maps have no order.
        if (spelled && record.dynamodb.NewImage !== undefined) {
          record.eventID = `again-${step}`;
          record.dynamodb.NewImage = Object.fromEntries(Object.entries(record.dynamodb.NewImage).reverse());
        }
        return record;
      });

    it('then outcomes, failures and what is derived do not depend on the size of batches', async () => {
      const met = { duplicate: 0, failed: 0, different: 0 };
      await fc.assert(
        fc.asyncProperty(
          fc.array(change, { minLength: 5, maxLength: 40, size: 'max' }),
          fc.integer({ min: 2, max: 30 }),
          async (records, batchSize) => {
            const one = await replayed(records, 1);
            const many = await replayed(records, batchSize);
            expect(many).to.deep.equal(one);
            met.duplicate += one.outcomes.duplicate;
            met.failed += one.outcomes.failed;
            met.different += one.failures.filter(({ error }) => error.includes('two different')).length;
          },
        ),
        { numRuns: 300 },
      );
      expect(met.duplicate).to.be.above(100);
      expect(met.failed).to.be.above(100);
      expect(met.different).to.be.above(50);
    });

    it('then a repeat is known as one over 10,000 records, and no further', async () => {
      const first = linkRecord('first', '172');
      const others = (count: number) =>
        Array.from({ length: count }, (_, n) => rowRecord({ PK: 'OTHER', SK: `${n}` }));
      for (const batchSize of [1_000, 10_000]) {
        const near = await replayed([first, ...others(9_999), first], batchSize);
        expect(near.outcomes).to.deep.equal({ applied: 1, ignored: 9_999, duplicate: 1, failed: 0 });
        const far = await replayed([first, ...others(10_000), first], batchSize);
        expect(far.outcomes).to.deep.equal({ applied: 2, ignored: 10_000, duplicate: 0, failed: 0 });
      }
    });
  });
});
