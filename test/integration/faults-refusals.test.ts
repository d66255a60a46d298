import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  DeleteTableCommand,
  PutItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { expect } from 'chai';
import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import { MemoryQuarantine } from '../../src/adapters/memory/memory-quarantine.ts';
import { SqsQuarantine } from '../../src/adapters/aws/sqs/sqs-quarantine.ts';
import { parseQuarantined } from '../../src/adapters/aws/sqs/quarantine-message.ts';
import type { Outcome } from '../../src/application/delivery.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { range } from '../support/range.ts';
import { faaRow, imageRow, linkRow, SourceTable } from '../support/stream-records.ts';
import { refusal } from './fault-injector.ts';
import { type Interceptor, LINK_MOVES, taskOf, type WireAnswer } from './fault-wire.ts';
import { FaultWorld, type WorkerOptions } from './fault-world.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

interface SendMessageBatch {
  readonly Entries: readonly { readonly Id: string; readonly MessageBody: string }[];
}

/** Good records: so many of links, of images of as many entities, and of registrations. */
function goodRecords(count: number, source = new SourceTable()): DynamoDBRecord[] {
  return range(count).flatMap((n) => [
    source.put(linkRow('1', `S${n}`, ['CESSNA', `M${n % 7}`, 'C172'])),
    source.put(imageRow({ orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId: `N${n}` }, '1')),
    source.put(faaRow(`N${n}`)),
  ]);
}

const skOf = ({ dynamodb }: DynamoDBRecord) => dynamodb?.Keys?.['SK']?.S ?? '';

/** What became of records, in short: their status, and the kind of their fault. */
function wordsOf(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.map((outcome) =>
    'fault' in outcome ? `${outcome.status}: ${outcome.fault.kind}` : outcome.status,
  );
}

function messagesOf(outcomes: readonly Outcome[]): readonly string[] {
  return [...new Set(outcomes.flatMap((outcome) => ('fault' in outcome ? [outcome.fault.message] : [])))];
}

describeWithServers('the worker on AWS, when a service refuses', () => {
  let world: FaultWorld;
  let quarantine: MemoryQuarantine;

  beforeEach(async () => {
    world = await FaultWorld.create(await sharedServers());
    quarantine = new MemoryQuarantine();
  });

  afterEach(() => world.close());

  async function handle(records: readonly DynamoDBRecord[], options: WorkerOptions) {
    await world.write(records);
    const { processBatch } = world.worker({ maxAttempts: 1, quarantine, ...options });
    const result = await processBatch.execute(records.map((record) => toDelivery(record, fleet.model)));
    return { ...result, words: wordsOf(result.outcomes), messages: messagesOf(result.outcomes) };
  }

  /** All records fail for the configuration: none is poison. Returns what is said of them. */
  async function expectNoPoison(records: readonly DynamoDBRecord[], options: WorkerOptions) {
    const { words, messages } = await handle(records, options);
    expect(words).to.deep.equal(records.map(() => 'failed: configuration'));
    expect(quarantine.kept).to.deep.equal([]);
    return messages;
  }

  describe('tables with other keys', () => {
    const other = `other-keys-${randomUUID()}`;

    before(async () => {
      const { clients } = await sharedServers();
      await clients.dynamodb.send(
        new CreateTableCommand({
          TableName: other,
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
        }),
      );
      await waitUntilTableExists(
        { client: clients.dynamodb, minDelay: 1, maxWaitTime: 20 },
        { TableName: other },
      );
    });

    after(async () => {
      const { clients } = await sharedServers();
      await clients.dynamodb.send(new DeleteTableCommand({ TableName: other }));
    });

    it('given a state table with other keys, when 20 links are handled, then it is said what keys it needs', async () => {
      const source = new SourceTable();
      const records = range(20).map((n) => source.put(linkRow('1', `${n}`, ['CESSNA', '172S', 'C172'])));
      for (const message of await expectNoPoison(records, { stateTable: other }))
        expect(message).to.match(/set STATE_TABLE_NAME to .*partition key is PK .*sort key is SK/);
    });

    it('given a main table with other keys, when rows are handled, then it is said what keys it needs', async () => {
      const records = goodRecords(20).filter((record) => !skOf(record).startsWith('DETAIL'));
      for (const message of await expectNoPoison(records, { table: other }))
        expect(message).to.match(/TABLE_NAME .*partition key is PK .*sort key is SK/);
    });
  });

  describe('whatever is asked', () => {
    const page = (status: number): WireAnswer => ({ status, body: '<html><h1>no</h1></html>' });
    const answers: Readonly<Record<string, WireAnswer>> = {
      'a page with 404': page(404),
      'a page with 407': page(407),
      'a page with 413': page(413),
      'an unknown code': refusal(400, 'SomethingNewException'),
      'a missing subscription': refusal(400, 'SubscriptionRequiredException'),
      'transactions that are not allowed': refusal(400, 'ValidationException', {
        message: 'Transactional APIs are not supported for this table',
      }),
      'a disabled key': refusal(400, 'KMS.DisabledException'),
      'a missing queue': refusal(400, 'QueueDoesNotExist'),
    };
    for (const [what, answer] of Object.entries(answers))
      it(`given ${what} as any answer, then no record is poison, after few requests`, async () => {
        let requests = 0;
        await expectNoPoison(goodRecords(17).slice(0, 50), {
          interceptor: async () => {
            requests++;
            return answer;
          },
        });
        // A query an entity, two batch reads; two batches of messages, and the ways down to five single ones.
        expect(requests).to.be.at.most(17 + 2 + 2 * (1 + 2 * 4 + 1));
      });

    it('given writes that are refused and reads that are not, when 50 are handled, then none is poison', async () => {
      const interceptor: Interceptor = async (request, send) =>
        request.operation === 'TransactWriteItems' || request.operation === 'SendMessageBatch'
          ? refusal(400, 'ValidationException')
          : send();
      await expectNoPoison(goodRecords(17).slice(0, 50), { interceptor });
    });
  });

  describe('entries of a SendMessageBatch', () => {
    for (const code of ['ExpiredTokenException', 'KmsDisabled', 'SomethingNew'])
      it(`given ${code} for each, when 100 records are handled, then none is poison`, async () => {
        const source = new SourceTable();
        const records = range(100).map((n) => source.put(faaRow(`N${n}`)));
        await expectNoPoison(records, {
          interceptor: async ({ body }) => {
            const { Entries } = JSON.parse(body) as SendMessageBatch;
            const Failed = Entries.map(({ Id }) => ({ Id, SenderFault: true, Code: code, Message: 'no' }));
            return { status: 200, body: JSON.stringify({ Failed }) };
          },
        });
      });
  });

  describe('one of several', () => {
    const TOO_LARGE = 'Item size has exceeded the maximum allowed size';
    const WRITES = 'TransactWriteItems';
    for (const [what, operation, text, [code, message], sk, status] of [
      ['a link', WRITES, 'SN#S3"', ['ValidationException'], 'MFR_MDL_CODE#1#SN#S3', 'failed'],
      ['a default row', WRITES, 'ID#N3"', ['ValidationException'], 'IMG#1', 'failed'],
      ['a large row', WRITES, 'ID#N3"', ['ValidationException', TOO_LARGE], 'IMG#1', 'quarantined'],
      ['a message', 'SendMessageBatch', 'FAA:N3\\"', ['SomethingNew'], 'DETAIL#N3', 'failed'],
      ['a text', 'SendMessageBatch', 'FAA:N3\\"', ['InvalidMessageContents'], 'DETAIL#N3', 'quarantined'],
    ] as const)
      it(`given ${what} that is refused alone (${code}), then its record alone is ${status}`, async () => {
        const records = goodRecords(15);
        const { outcomes, words } = await handle(records, {
          interceptor: async (request, send) =>
            request.operation === operation && request.body.includes(text)
              ? refusal(400, code, message === undefined ? {} : { message })
              : send(),
        });
        const refused = records.filter((_, index) => outcomes[index]?.status !== 'applied');
        expect(refused.map(skOf)).to.deep.equal([sk]);
        const kind = status === 'failed' ? 'configuration' : 'permanent';
        expect(words.filter((word) => word !== 'applied')).to.deep.equal([`${status}: ${kind}`]);
        expect(quarantine.kept.map(({ raw }) => raw)).to.deep.equal(status === 'failed' ? [] : refused);
      });
  });

  for (const [operation, from] of [
    ['TransactWriteItems', 2],
    ['SendMessageBatch', 3],
  ] as const)
    it(`given ${operation} refused by an unknown code from the ${from}. on, then none is poison`, async () => {
      let asked = 0;
      const records = goodRecords(40);
      const { words } = await handle(records, {
        interceptor: async (request, send) =>
          request.operation === operation && ++asked >= from ? refusal(400, 'UnknownError') : send(),
      });
      expect(words).to.include('applied').and.include('failed: configuration');
      expect(quarantine.kept).to.deep.equal([]);
    });

  it('given a count that somebody else wrote as a text, then only links of its tuple fail, and say whose', async () => {
    const row = { PK: 'ICAO#MATCHER#MFR#CESSNA', SK: 'MODEL#TEXT#TYPE#C172', count: '5' };
    await world.client.send(new PutItemCommand({ TableName: world.table, Item: marshall(row) }));
    const source = new SourceTable();
    const records = ['TEXT', 'A', 'B', 'C'].map((model, n) =>
      source.put(linkRow('1', `${n}`, ['CESSNA', model, 'C172'])),
    );
    const { words, messages } = await handle(records, {});
    expect(words).to.deep.equal(['failed: configuration', 'applied', 'applied', 'applied']);
    expect(messages[0]).to.match(
      /the count of .*TEXT.*MODEL#TEXT#TYPE#C172.* something other than Contrail wrote it/,
    );
    expect(quarantine.kept).to.deep.equal([]);
  });

  it('given a token that was used before, then a good record is tried again and counted', async () => {
    const records = [new SourceTable().put(linkRow('C1', '1', ['A', 'B', 'C']))];
    let refused = 0;
    const interceptor: Interceptor = async (request, send) => {
      if (taskOf(request) !== LINK_MOVES || refused++ > 0) return send();
      return refusal(400, 'IdempotentParameterMismatchException');
    };
    const { words, matcher } = await handle(records, { interceptor });
    expect(words).to.deep.equal(['applied']);
    expect(matcher.incremented).to.equal(1);
    expect(refused).to.equal(2);
    expect(quarantine.kept).to.deep.equal([]);
  });

  describe('messages, as the queue takes smaller ones', () => {
    const smallQueue = async () =>
      (await sharedServers()).sqs.createQueue(`small-${randomUUID()}.fifo`, {
        FifoQueue: 'true',
        MaximumMessageSize: '4096',
      });

    it('given a document that is too large for it, then that one alone fails, and names both settings', async () => {
      const source = new SourceTable();
      const records = range(12).map((n) =>
        source.put(faaRow(`N${n}`, n === 5 ? { owner_name: 'x'.repeat(5000) } : {})),
      );
      const { words, messages } = await handle(records, { queueUrl: await smallQueue() });
      expect(words).to.deep.equal(range(12).map((n) => (n === 5 ? 'failed: configuration' : 'applied')));
      expect(messages[0]).to.match(/MaximumMessageSize.*SEARCH_MAX_BATCH_BYTES/);
      expect(quarantine.kept).to.deep.equal([]);
    });

    it('given a poison record that is too large for the quarantine’s queue, when kept, then it is packed', async () => {
      const queueUrl = await smallQueue();
      const kept = new SqsQuarantine(world.queueClient, { queueUrl });
      const source = new SourceTable();
      const poison = source.put(faaRow('N1', { owner_name: 'x'.repeat(20_000) }));
      Object.assign(poison.dynamodb['NewImage'] as object, { model: { N: 'none' } });
      const records = [poison, source.put(faaRow('N2')), source.put(faaRow('N3'))];
      const { processBatch } = world.worker({ quarantine: kept });
      const { outcomes } = await processBatch.execute(
        records.map((record) => toDelivery(record, fleet.model)),
      );
      expect(wordsOf(outcomes)).to.deep.equal(['quarantined: permanent', 'applied', 'applied']);
      const { Messages = [] } = await world.queueClient.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl }),
      );
      expect(parseQuarantined(Messages[0]?.Body ?? '').record).to.deep.equal(poison);
    });
  });
});
