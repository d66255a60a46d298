import { expect } from 'chai';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { EventSource, type EventSourceOptions } from '../../local/lambda/event-source.ts';

const record = (sequence: string): DynamoDBRecord => ({
  eventName: 'INSERT',
  dynamodb: { SequenceNumber: sequence },
});
const records = (...sequences: string[]) => sequences.map(record);
const numbered = (count: number) =>
  records(...Array.from({ length: count }, (_, index) => String(index + 1)));
const failing = (...sequences: unknown[]) => ({
  batchItemFailures: sequences.map((itemIdentifier) => ({ itemIdentifier })),
});

/** An event source whose function answers the given answers in turn, and then that all is done. */
function playing(answers: readonly unknown[], options: Partial<EventSourceOptions> = {}) {
  const delivered: (string | undefined)[][] = [];
  const pauses: number[] = [];
  const left = [...answers];
  const handler = async ({ Records }: DynamoDBStreamEvent) => {
    delivered.push(Records.map(({ dynamodb }) => dynamodb?.SequenceNumber));
    const answer = left.shift();
    if (answer instanceof Error) throw answer;
    return answer ?? failing();
  };
  const sleep = async (milliseconds: number) => void pauses.push(milliseconds);
  return { source: new EventSource(handler, { batchSize: 10, sleep, ...options }), delivered, pauses };
}

describe('the event source', () => {
  it('given more records than a batch holds, then delivers them in order, in full batches but the last', async () => {
    const { source, delivered } = playing([], { batchSize: 2 });
    await source.deliver(numbered(5));
    expect(delivered).to.deep.equal([['1', '2'], ['3', '4'], ['5']]);
    expect(source.counts).to.deep.equal({ invocations: 3, records: 5, redeliveries: 0, errors: 0 });
  });

  it('given no records, then invokes nothing', async () => {
    const { source, delivered } = playing([]);
    await source.deliver([]);
    expect(delivered).to.deep.equal([]);
  });

  it('given reported failures, then delivers from the lowest on again, before the next batch', async () => {
    const { source, delivered, pauses } = playing([failing('3', '2')], { batchSize: 3 });
    await source.deliver(numbered(4));
    expect(delivered).to.deep.equal([['1', '2', '3'], ['2', '3'], ['4']]);
    expect(source.counts).to.deep.equal({ invocations: 3, records: 4, redeliveries: 1, errors: 0 });
    expect(pauses).to.deep.equal([50]);
  });

  it('given sequence numbers of different lengths, then compares them as numbers', async () => {
    const [nine, ten, big] = ['999999999999999999999', '1000000000000000000000', '1000000000000000000001'];
    const { source, delivered } = playing([failing(big, ten)]);
    await source.deliver(records(nine, ten, big));
    expect(delivered).to.deep.equal([
      [nine, ten, big],
      [ten, big],
    ]);
  });

  const wholeBatch: [what: string, answer: unknown][] = [
    ['throws', new Error('boom')],
    ['reports a record that is not in the batch', failing('77')],
    ['reports an empty identifier', failing('')],
    ['reports no identifier', failing(null)],
    ['reports something that is not an array', { batchItemFailures: 'all' }],
  ];
  for (const [what, answer] of wholeBatch)
    it(`given a function that ${what}, then delivers the whole batch again`, async () => {
      const { source, delivered } = playing([answer]);
      await source.deliver(numbered(2));
      expect(delivered).to.deep.equal([
        ['1', '2'],
        ['1', '2'],
      ]);
      expect(source.counts).to.include({ redeliveries: 1, errors: 1, records: 2 });
      expect(source.lastError).to.be.instanceOf(Error);
    });

  for (const [what, answer] of [
    ['null', null],
    ['an empty object', {}],
    ['no failures', failing()],
    ['null for a list', { batchItemFailures: null }],
  ] as const)
    it(`given a function that answers ${what}, then takes the batch as done`, async () => {
      const delivered: number[] = [];
      const source = new EventSource(
        async ({ Records }) => {
          delivered.push(Records.length);
          return answer;
        },
        { batchSize: 10 },
      );
      await source.deliver(numbered(2));
      expect(delivered).to.deep.equal([2]);
    });

  it('given a function that never succeeds, then gives the rest up after all attempts and goes on', async () => {
    const { source, delivered } = playing([failing('2'), failing('2'), failing('2')], {
      batchSize: 2,
      maxAttempts: 3,
    });
    await source.deliver(numbered(3));
    expect(delivered).to.deep.equal([['1', '2'], ['2'], ['2'], ['3']]);
    expect(source.givenUp).to.deep.equal(records('2'));
    expect(source.counts).to.include({ records: 3, redeliveries: 2 });
  });

  it('given progress with every attempt, then does not give up', async () => {
    const { source } = playing([failing('2'), failing('3'), failing('4')], { maxAttempts: 2 });
    await source.deliver(numbered(4));
    expect(source.givenUp).to.deep.equal([]);
    expect(source.counts).to.include({ records: 4, invocations: 4 });
  });

  it('given a function that alters its event, then delivers the record again as it was', async () => {
    const seen: unknown[] = [];
    const source = new EventSource(
      async ({ Records }) => {
        seen.push(structuredClone(Records));
        if (Records[0] !== undefined) Records[0].eventName = 'REMOVE';
        if (seen.length === 1) throw new Error('again');
        return undefined;
      },
      { batchSize: 1, sleep: async () => undefined },
    );
    await source.deliver(numbered(1));
    expect(seen).to.deep.equal([numbered(1), numbered(1)]);
  });

  it('refuses batches of nothing', () => {
    expect(() => playing([], { batchSize: 0 })).to.throw(RangeError, 'batchSize');
  });
});
