import { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { readSearchMessage } from '../../../../local/proof/read-search-message.ts';
import { readAll } from '../../../../src/adapters/aws/electrodb/batch-get.ts';
import {
  SqsSearchQueue,
  type SqsSearchQueueOptions,
} from '../../../../src/adapters/aws/sqs/sqs-search-queue.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import type { SearchAction } from '../../../../src/domain/search-action.ts';
import { kindsOf, shown } from '../../../support/kinds.ts';
import { range } from '../../../support/range.ts';
import { faultOf } from '../../../support/factories.ts';
import { SqsDouble, taken } from './sqs-double.ts';
import type { Done } from '../../../../src/application/result.ts';

const QUEUE_URL = 'https://sqs.eu-central-1.amazonaws.com/123456789012/search.fifo';
const STANDARD_URL = 'https://sqs.eu-central-1.amazonaws.com/123456789012/search';

function action(id: string, text = ''): SearchAction {
  return {
    key: { collection: 'registry', id },
    version: { generation: 0, epoch: '2026', sequence: '1' },
    identity: { stream: 'arn', sequence: '1' },
    document: { id, text },
  };
}

function actions(count: number): SearchAction[] {
  return range(count).map((n) => action(`d${n}`));
}

function setUp(options: Partial<SqsSearchQueueOptions> = {}) {
  const sqs = new SqsDouble();
  return { sqs, queue: new SqsSearchQueue(sqs, { queueUrl: QUEUE_URL, ...options }) };
}

/** How many different messages and reasons the results have. */
function causesOf(results: readonly Done[]) {
  const faults = results.filter((result) => Fault.is(result));
  return {
    messages: new Set(faults.map(({ message }) => message)).size,
    reasons: new Set(faults.map(({ kind, reason }) => `${kind} ${reason}`)).size,
  };
}

describe('SqsSearchQueue', () => {
  describe('requests', () => {
    it('given no actions, when sent, then no request is made', async () => {
      const { sqs, queue } = setUp();
      expect(await queue.send([])).to.deep.equal([]);
      expect(sqs.requests).to.be.empty;
    });

    it('given 1,000 small actions, when sent, then 100 requests carry each once', async () => {
      const { sqs, queue } = setUp();
      const sent = actions(1000);
      expect(await queue.send(sent)).to.deep.equal(sent.map(() => 'done'));
      expect(sqs.requests).to.have.length(100);
      expect(sqs.requests.every(({ queueUrl }) => queueUrl === QUEUE_URL)).to.equal(true);
      expect(sqs.entries.map(({ MessageBody }) => readSearchMessage(MessageBody!))).to.have.deep.members(
        sent,
      );
    });

    it('given a read that begins at the same moment, when sent, then it is asked for first', async () => {
      const { sqs, queue } = setUp();
      const sentBefore: number[] = [];
      const tables = {
        send: () => {
          sentBefore.push(sqs.requests.length);
          return Promise.resolve({});
        },
      } as unknown as DynamoDBDocumentClient;
      await Promise.all([queue.send(actions(300)), readAll(tables, 'rows', [{ PK: 'a', SK: 'b' }])]);
      expect(sentBefore).to.deep.equal([0]);
    });

    it('given many batches, when sent, then no more than 50 are under way, or as many as asked for', async () => {
      const { sqs, queue } = setUp();
      await queue.send(actions(600));
      expect(sqs.mostAtOnce).to.equal(50);
      const one = setUp({ concurrency: 1 });
      await one.queue.send(actions(50));
      expect(one.sqs.mostAtOnce).to.equal(1);
    });

    it('given actions, when sent, then entries have ids within their batch, groups and deduplication ids', async () => {
      const { sqs, queue } = setUp();
      await queue.send([action('a'), action('b c')]);
      const [first, second] = sqs.entries;
      expect(first).to.include({ Id: '0', MessageGroupId: 'registry:a' });
      expect(second?.MessageGroupId).to.match(/^sha256:/);
      expect(first?.MessageDeduplicationId).to.match(/^[0-9a-f]{64}$/);
      expect(first?.MessageDeduplicationId).not.to.equal(second?.MessageDeduplicationId);
    });

    it('given large actions, when sent, then each request has 1 MiB of UTF-8 at most', async () => {
      const { sqs, queue } = setUp();
      const large = range(7).map((n) => action(`d${n}`, 'ü'.repeat(200_000)));
      expect(await queue.send(large)).to.deep.equal(large.map(() => 'done'));
      const sizes = sqs.requests.map(({ entries }) => entries.map(({ MessageBody }) => MessageBody).join(''));
      expect(sizes.map((text) => Buffer.byteLength(text) <= 1_048_576)).to.deep.equal([
        true,
        true,
        true,
        true,
      ]);
    });

    it('takes the SDK client', () => {
      const client = new SQSClient({ region: 'eu-central-1' });
      expect(new SqsSearchQueue(client, { queueUrl: QUEUE_URL })).to.be.instanceOf(SqsSearchQueue);
      client.destroy();
    });
  });

  describe('messages that are too large', () => {
    it('given one among others, then it is refused with document, size and limit, and the others are sent', async () => {
      const { sqs, queue } = setUp({ maxBatchBytes: 1000 });
      const results = await queue.send([action('a'), action('b', 'x'.repeat(1000)), action('c')]);
      expect(results.map(shown)).to.deep.equal([
        'done',
        'configuration: the message for registry "b" is 1184 bytes, too large for queue search.fifo: ' +
          "requests are limited to 1000 bytes; raise the queue's MaximumMessageSize (to at most 1048576), " +
          'and set SEARCH_MAX_BATCH_BYTES to the same',
        'done',
      ]);
      expect(sqs.requests).to.have.length(1);
    });

    it('given one that SQS takes from no queue, then it is poison, whatever is set', async () => {
      const { sqs, queue } = setUp();
      const results = await queue.send([action('a'), action('b', 'x'.repeat(1_048_576)), action('c')]);
      expect(results.map(shown)).to.deep.equal([
        'done',
        'permanent: the message for registry "b" is 1048760 bytes; a search queue takes at most 1048576',
        'done',
      ]);
      expect(results[1]).to.have.property('reason', 'messages are larger than a search queue takes');
      expect(sqs.requests).to.have.length(1);
    });

    it('given one byte more than the limit, then it is one of them', async () => {
      const { queue } = setUp({ maxBatchBytes: 1184 });
      const of = (length: number) => queue.send([action('b', 'x'.repeat(length))]);
      expect(shown((await of(1000))[0])).to.equal('done');
      expect(shown((await of(1001))[0])).to.match(/^configuration: .* is 1185 bytes.* 1184 b/);
    });
  });

  describe('answers', () => {
    it('given entries that failed, when read, then each has its own fault, by whose fault it is', async () => {
      const { sqs, queue } = setUp();
      sqs.answer = (entries) => ({
        Successful: entries.filter(({ Id }) => Id !== '3' && Id !== '14').map(taken),
        Failed: [
          { Id: '3', SenderFault: true, Code: 'InvalidMessageContents', Message: 'bad character' },
          { Id: '14', SenderFault: false, Code: 'InternalError', Message: 'try again' },
        ].filter(({ Id }) => entries.some((entry) => entry.Id === Id)),
      });
      const results = (await queue.send(actions(20))).map(shown);
      expect(results[3]).to.equal(
        'permanent: the message for registry "d3": queue search.fifo: rejected because of its content (InvalidMessageContents: bad character)',
      );
      expect(results[14]).to.equal(
        'transient: the message for registry "d14": queue search.fifo: InternalError: try again',
      );
      expect(results.filter((result) => result === 'done')).to.have.length(18);
    });

    it('given an entry that was throttled, when it is called the fault of the sender, then it is transient', async () => {
      const { sqs, queue } = setUp();
      sqs.answer = () => ({ Failed: [{ Id: '0', SenderFault: true, Code: 'KMS.ThrottlingException' }] });
      expect((await queue.send([action('a')])).map(shown)).to.deep.equal([
        'transient: the message for registry "a": queue search.fifo: KMS.ThrottlingException: no further details',
      ]);
    });

    it('given an entry that is both taken and failed, when read, then it failed', async () => {
      const { sqs, queue } = setUp();
      sqs.answer = (entries) => ({
        Successful: entries.map(taken),
        Failed: [{ Id: '0', SenderFault: false, Code: 'InternalError' }],
      });
      expect(shown((await queue.send([action('a')]))[0])).to.match(/^transient/);
    });

    it('given entries of which nothing is said, when read, then they are transient', async () => {
      const { sqs, queue } = setUp();
      sqs.answer = (entries) => ({ Successful: entries.slice(1).map(taken) });
      expect((await queue.send(actions(3))).map(shown)).to.deep.equal([
        'transient: queue search.fifo did not say whether it accepted the message for registry "d0"',
        'done',
        'done',
      ]);
      sqs.answer = () => ({});
      expect((await queue.send(actions(12))).every((result) => result !== 'done')).to.equal(true);
    });

    it('given many entries that are not taken, then each says what it is of, and all have one reason', async () => {
      const answers: Readonly<Record<string, SqsDouble['answer']>> = {
        throttled: (entries) => ({
          Failed: entries.map(({ Id }) => ({ Id, SenderFault: false, Code: 'ThrottlingException' })),
        }),
        'not answered for': () => ({}),
      };
      for (const [name, answer] of Object.entries(answers)) {
        const { sqs, queue } = setUp();
        sqs.answer = answer;
        expect(causesOf(await queue.send(actions(20))), name).to.deep.equal({ messages: 20, reasons: 1 });
      }
    });

    it('given a request that throws, when others do not, then its entries alone have the fault', async () => {
      const { sqs, queue } = setUp();
      const error = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
      sqs.answer = (entries) => {
        if (entries[0]?.Id === '10') throw error;
        return { Successful: entries.map(taken) };
      };
      const results = await queue.send(actions(25));
      for (const [index, result] of results.entries())
        if (index >= 10 && index < 20) expect(result).to.include({ kind: 'transient', cause: error });
        else expect(result).to.equal('done');
    });

    it('given a queue that is not there, when sent to, then the variable to set is named', async () => {
      const { sqs, queue } = setUp();
      sqs.answer = () => {
        throw Object.assign(new Error('The specified queue does not exist.'), { name: 'QueueDoesNotExist' });
      };
      const [result] = await queue.send([action('a')]);
      expect(shown(result)).to.match(
        /^configuration: queue search\.fifo does not exist .*TYPESENSE_QUEUE_URL/,
      );
    });

    it('given answers in any order, then the results are in the order of the actions', async () => {
      const { sqs, queue } = setUp({ maxBatchBytes: 2000 });
      sqs.answer = async (entries) => {
        await new Promise((done) => setTimeout(done, entries[0]?.Id === '0' ? 20 : 0));
        return {
          Successful: entries
            .filter(({ Id }) => Number(Id) % 3 !== 0)
            .map(taken)
            .toReversed(),
        };
      };
      const results = await queue.send(
        range(40).map((n) => action(`d${n}`, n % 7 === 0 ? 'x'.repeat(2000) : '')),
      );
      const expected = range(40).map((n) =>
        n % 7 === 0 ? 'configuration' : n % 3 === 0 ? 'transient' : 'done',
      );
      expect(kindsOf(results)).to.deep.equal(expected);
    });
  });

  describe('the queue', () => {
    it('given a standard queue, when constructed, then it is refused, with the reason', () => {
      const fault = faultOf(() => setUp({ queueUrl: STANDARD_URL }));
      expect(shown(fault)).to.match(
        /^configuration: TYPESENSE_QUEUE_URL .*standard queue search, which neither keeps order nor deduplicates/,
      );
    });

    it('given a standard queue that is allowed, then entries have no group and no deduplication', async () => {
      const { sqs, queue } = setUp({ queueUrl: STANDARD_URL, allowStandard: true });
      expect(await queue.send([action('a')])).to.deep.equal(['done']);
      expect(Object.keys(sqs.entries[0]!)).to.deep.equal(['Id', 'MessageBody']);
    });

    it('given a FIFO queue where a standard one is allowed, when sent to, then entries have both', async () => {
      const { sqs, queue } = setUp({ allowStandard: true });
      await queue.send([action('a')]);
      expect(sqs.entries[0]).to.include.keys('MessageGroupId', 'MessageDeduplicationId');
    });

    it('given no URL of a queue, when constructed, then it is refused, whatever is allowed', () => {
      const fault = faultOf(() => setUp({ queueUrl: 'search.fifo', allowStandard: true }));
      expect(shown(fault)).to.match(/^configuration: TYPESENSE_QUEUE_URL is not a queue URL/);
    });
  });
});
