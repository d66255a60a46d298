import { expect } from 'chai';
import { faaRow, linkRow, type RecordParts, streamRecord, type TableRow } from '../support/stream-records.ts';
import { aWorker, derivedBy, inShort } from './worker.ts';

const OLD = 'arn:aws:dynamodb:eu-central-1:123456789012:table/aircraft/stream/2026-01-05T09:00:00.000';
const NEW = 'arn:aws:dynamodb:eu-central-1:123456789012:table/aircraft/stream/2026-02-01T00:00:00.000';

const onOld = (parts: RecordParts) => streamRecord({ streamArn: OLD, ...parts });
const onNew = (parts: RecordParts) => streamRecord({ streamArn: NEW, ...parts });
const aircraft = (model: string): TableRow => faaRow('N1', { model });
const link = (model: string): TableRow => linkRow('1', '2', ['CESSNA', model, 'C172']);

async function modelsAfter(...batches: readonly (readonly unknown[])[]) {
  const worker = aWorker();
  const outcomes: string[][] = [];
  for (const batch of batches) outcomes.push(inShort((await worker.handle(...batch)).outcomes));
  const { documents, counts } = await derivedBy(worker.backend);
  return {
    outcomes,
    documents: documents.map(([, , fields]) => new Map(fields as [string, unknown][]).get('model')),
    counts: counts.map(([, model, , count]) => [model, count]),
  };
}

describe('a worker, by where and when records come', () => {
  it('given a stream that was made anew, then its numbers may begin below the old one’s', async () => {
    const { documents, counts } = await modelsAfter(
      [onOld({ after: aircraft('old'), sequence: 900 }), onOld({ after: link('old'), sequence: 901 })],
      [
        onNew({ before: aircraft('old'), after: aircraft('new'), sequence: 5 }),
        onNew({ before: link('old'), after: link('new'), sequence: 6 }),
      ],
    );
    expect(documents).to.deep.equal(['new']);
    expect(counts).to.deep.equal([['new', 1]]);
  });

  it('given a batch that mixes the streams in any order, then the newer stream’s change stands', async () => {
    const records = [
      onNew({ before: aircraft('old'), after: aircraft('new'), sequence: 5 }),
      onNew({ before: link('old'), after: link('new'), sequence: 6 }),
      onOld({ after: aircraft('old'), sequence: 900 }),
      onOld({ after: link('old'), sequence: 901 }),
    ];
    for (const batch of [records, records.toReversed()]) {
      const { documents, counts, outcomes } = await modelsAfter(batch);
      expect(outcomes).to.deep.equal([['applied', 'applied', 'applied', 'applied']]);
      expect(documents).to.deep.equal(['new']);
      expect(counts).to.deep.equal([['new', 1]]);
    }
  });

  it('given the same sequence number on both streams, then they are two changes', async () => {
    const { outcomes } = await modelsAfter([
      onOld({ after: aircraft('old'), sequence: 7 }),
      onNew({ before: aircraft('old'), after: aircraft('new'), sequence: 7 }),
    ]);
    expect(outcomes).to.deep.equal([['applied', 'applied']]);
  });

  for (const [what, sequences] of [
    ['that differ in length', ['9', '10', '100']],
    ['beyond 2^64', ['18446744073709551615', '18446744073709551616', '100000000000000000000000000001']],
    ['with leading zeros', ['0009', '10', '00011']],
  ] as const)
    it(`given sequence numbers ${what}, when a record comes again after its successors, then it changes nothing`, async () => {
      const [first, second, third] = sequences;
      const changes = (row: (model: string) => TableRow) => [
        onOld({ after: row('first'), sequence: first }),
        onOld({ before: row('first'), after: row('second'), sequence: second }),
        onOld({ before: row('second'), after: row('third'), sequence: third }),
      ];
      const records = [...changes(aircraft), ...changes(link)];
      const { documents, counts } = await modelsAfter(
        records,
        [records[0], records[3]],
        [records[1], records[4]],
        records.toReversed(),
      );
      expect(documents).to.deep.equal(['third']);
      expect(counts).to.deep.equal([['third', 1]]);
    });

  it('given a removal, when the insertion comes again days later, then nothing comes back', async () => {
    const insertions = [
      onOld({ after: aircraft('x'), sequence: 1 }),
      onOld({ after: link('x'), sequence: 2 }),
    ];
    const removals = [
      onOld({ before: aircraft('x'), sequence: 3 }),
      onOld({ before: link('x'), sequence: 4 }),
    ];
    const { documents, counts } = await modelsAfter(insertions, removals, insertions);
    expect(documents).to.deep.equal([]);
    expect(counts).to.deep.equal([]);
  });
});
