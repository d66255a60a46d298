import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { TypesenseLocal } from '../../local/typesense/typesense-local.ts';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { DynamoDbSearchFences } from '../../src/adapters/aws/electrodb/search/dynamodb-search-fences.ts';
import { DynamoDbSourceRows } from '../../src/adapters/aws/electrodb/search/dynamodb-source-rows.ts';
import { SqsSearchActionSource } from '../../src/adapters/aws/sqs/sqs-search-action-source.ts';
import { SqsSearchQueue } from '../../src/adapters/aws/sqs/sqs-search-queue.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { SystemClock, SystemRandom, SystemSleeper } from '../../src/adapters/system/system.ts';
import { createCollection } from '../../src/adapters/typesense/collections.ts';
import { TypesenseClient } from '../../src/adapters/typesense/typesense-client.ts';
import { TypesenseSearchIndex } from '../../src/adapters/typesense/typesense-search-index.ts';
import { IndexDocuments } from '../../src/application/index-documents.ts';
import { Logger } from '../../src/application/ports/logger.ts';
import { DEFAULT_RETRIES, Retrier } from '../../src/application/retry.ts';
import { NO_LIMIT } from '../../src/application/time-limit.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { row } from '../../src/domain/definition/row.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import { searchSchemas } from '../../src/domain/search-schemas.ts';
import { environmentIndexer } from '../../src/entrypoints/lambda/environment-indexer.ts';
import { indexEvent } from '../../src/entrypoints/lambda/index-event.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { ownQueue } from '../adapters/aws/sqs/own-queue.ts';
import { describeWithServers, sharedServers } from '../integration/shared-servers.ts';
import { attributeValues } from '../support/attribute-value.ts';
import { decimal, version } from '../support/factories.ts';
import { unique } from '../support/unique.ts';

class Lines extends Logger {
  readonly lines: string[] = [];
  override enabled(): boolean {
    return true;
  }
  override log(level: string, message: string, fields: object): void {
    this.lines.push(JSON.stringify({ level, message, ...fields }));
  }
}

/** Everything that the function works with, on local servers; and Lambda's part of it. */
async function aFunction() {
  const { clients, sqs, table, stateTable } = await sharedServers();
  const { client: own, queueUrl, close } = await ownQueue(sqs.endpoint, 'search', true);
  const local = await TypesenseLocal.start({ apiKey: 'key' });
  const engine = new TypesenseClient({ url: local.url, apiKey: 'key' });
  const schemas = searchSchemas(fleet.model.documents);
  for (const schema of schemas) await createCollection(engine, schema);
  const client = documentClientOf(clients.dynamodb);
  const [metrics, logger] = [new MemoryMetrics(), new Lines()];
  const source = new SqsSearchActionSource(own, { queueUrl, visibilityMs: 60_000 });
  const indexer = {
    indexDocuments: new IndexDocuments({
      model: fleet.model,
      index: new TypesenseSearchIndex(engine, schemas),
      fences: new DynamoDbSearchFences(client, { stateTable }),
      rows: new DynamoDbSourceRows(client, table, fleet.model.keys),
      retrier: new Retrier(new SystemSleeper(), new SystemRandom(), metrics, DEFAULT_RETRIES),
    }),
    ...{ source, metrics, logger, clock: new SystemClock() },
  };
  const queue = new SqsSearchQueue(own, { queueUrl });
  return {
    ...{ local, logger, metrics },
    send: (...actions: SearchAction[]) => queue.send(actions),
    sendText: (MessageBody: string) =>
      own.send(
        new SendMessageCommand({
          ...{
            QueueUrl: queueUrl,
            MessageBody,
            MessageGroupId: unique('g'),
            MessageDeduplicationId: unique('d'),
          },
        }),
      ),
    putRow: (row: Parameters<typeof attributeValues>[0]) =>
      clients.dynamodb.send(new PutItemCommand({ TableName: table, Item: attributeValues(row) })),
    /** Receives what there is, calls the function with it, and deletes what is done, as Lambda does. */
    invoke: async () => {
      const { Messages = [] } = await own.send(
        new ReceiveMessageCommand({
          ...{ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 60 },
          MessageSystemAttributeNames: ['All'],
        }),
      );
      const Records = Messages.map(({ MessageId, ReceiptHandle, Body, Attributes }) => ({
        ...{ messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, attributes: Attributes },
        eventSource: 'aws:sqs',
      }));
      const { batchItemFailures } = await indexEvent({ Records }, indexer, NO_LIMIT);
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const { MessageId = '', ReceiptHandle } of Messages)
        if (!failed.has(MessageId))
          await own.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
      return { received: Messages.length, failed: failed.size };
    },
    receiveAndGiveBack: async () => {
      await source.giveBack(await source.receive({ max: 10, waitMs: 0 }), 0);
    },
    documentsOf: (collection: string) => local.routes.collections.get(collection)?.documents,
    close: async () => {
      await local.stop();
      await close();
    },
  };
}

function manufacturer(code: string, sequence: number, name: string): SearchAction {
  return {
    key: { collection: 'icao_manufacturers', id: code },
    version: version(sequence, '2026'),
    identity: { stream: 's', sequence: String(sequence) },
    document: { id: code, code, name },
    row: { partition: 'ICAO#MANUFACTURERS', sort: `MFR#${code}` },
  };
}

describeWithServers('an event of the search queue', () => {
  let lambda: Awaited<ReturnType<typeof aFunction>>;

  beforeEach(async () => {
    lambda = await aFunction();
  });

  afterEach(() => lambda.close());

  const nameOf = (code: string) => {
    const found = lambda.documentsOf('icao_manufacturers')?.get(code);
    return found === undefined ? undefined : (JSON.parse(found) as { name: string }).name;
  };

  it('given actions, then the index has their documents, and nothing comes again', async () => {
    const [one, other] = [unique('C'), unique('D')];
    await lambda.send(manufacturer(one, 1, 'old'));
    await lambda.send(manufacturer(one, 2, 'new'), manufacturer(other, 3, 'other'));
    expect(await lambda.invoke()).to.deep.equal({ received: 3, failed: 0 });
    expect([nameOf(one), nameOf(other)]).to.deep.equal(['new', 'other']);
    await lambda.send({ ...manufacturer(one, 4, ''), document: undefined });
    expect(await lambda.invoke()).to.deep.equal({ received: 1, failed: 0 });
    expect([nameOf(one), nameOf(other)]).to.deep.equal([undefined, 'other']);
    expect(await lambda.invoke()).to.deep.equal({ received: 0, failed: 0 });
    expect(lambda.metrics.total('DocumentsWritten')).to.equal(2);
  });

  it('given an older action after a newer one, then the document stays as it is', async () => {
    const code = unique('C');
    await lambda.send(manufacturer(code, 5, 'new'));
    await lambda.invoke();
    await lambda.send(manufacturer(code, 4, 'old'));
    expect(await lambda.invoke()).to.deep.equal({ received: 1, failed: 0 });
    expect(nameOf(code)).to.equal('new');
  });

  it('given an older one that comes again, then the document is as its row is', async () => {
    const code = unique('C');
    await lambda.putRow({ PK: 'ICAO#MANUFACTURERS', SK: `MFR#${code}`, code, name: 'as the row is' });
    await lambda.send(manufacturer(code, 5, 'new'));
    await lambda.invoke();
    await lambda.send(manufacturer(code, 4, 'old'));
    // Somebody had it before, and may have written it late.
    await lambda.receiveAndGiveBack();
    expect(await lambda.invoke()).to.deep.equal({ received: 1, failed: 0 });
    expect(nameOf(code)).to.equal('as the row is');
  });

  it('given no action, a document that does not fit, and an unknown collection, then those alone come again, later', async () => {
    const [good, bad] = [unique('C'), unique('D')];
    const unfit = {
      ...manufacturer(bad, 2, ''),
      document: { id: bad, code: [decimal('1')], name: 'secret' },
    };
    await lambda.sendText('{"secret":"text"}');
    const { row, ...unknown } = manufacturer(good, 3, 'good');
    await lambda.send(manufacturer(good, 1, 'good'), unfit, {
      ...unknown,
      ...{ key: { collection: 'nowhere', id: good }, row },
    });
    expect(await lambda.invoke()).to.deep.equal({ received: 4, failed: 3 });
    expect([nameOf(good), nameOf(bad)]).to.deep.equal(['good', undefined]);
    expect(await lambda.invoke()).to.deep.equal({ received: 0, failed: 0 });
    const log = lambda.logger.lines.join('\n');
    expect(log).to.include('is no search action').and.include(bad).and.not.include('secret');
    expect(log).to.include('collection \\"nowhere\\" has no schema here');
    expect(lambda.metrics.total('ActionsRefused')).to.equal(2);
    expect(lambda.metrics.total('ActionsFailed'), 'somebody can mend it').to.equal(1);
  });
});

describe("the indexer's handler", () => {
  const ENVIRONMENT = {
    ...{ TABLE_NAME: 'fleet', STATE_TABLE_NAME: 'fleet-state', LOG_LEVEL: 'silent' },
    TYPESENSE_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/111122223333/search.fifo',
    TYPESENSE_URL: 'http://127.0.0.1:8108',
    TYPESENSE_API_KEY_SECRET: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:key',
  };
  const problemsOf = (environment: Record<string, string>, definition = fleet) => {
    try {
      environmentIndexer(definition, { environment });
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('given an event of something else, then it refuses it', async () => {
    const handler = environmentIndexer(fleet, { environment: ENVIRONMENT });
    for (const event of [undefined, {}, { Records: [{ dynamodb: {} }] }])
      expect(await handler(event).catch((error: unknown) => error)).to.include({ kind: 'configuration' });
    expect(await handler({ Records: [] })).to.deep.equal({ batchItemFailures: [] });
  });

  it('given settings that are missing or contradict each other, then names all of them', () => {
    const { TYPESENSE_URL, TYPESENSE_API_KEY_SECRET, TABLE_NAME, ...others } = ENVIRONMENT;
    expect(problemsOf(others)).to.include('TABLE_NAME').and.include('TYPESENSE_URL').and.include('neither');
    const both = { ...ENVIRONMENT, TYPESENSE_API_KEY: 'hidden-key' };
    expect(problemsOf(both))
      .to.include('TYPESENSE_API_KEY_SECRET and TYPESENSE_API_KEY are set; set one')
      .and.not.include('hidden-key');
    expect(problemsOf({ ...others, TYPESENSE_URL, TABLE_NAME, TYPESENSE_API_KEY_FILE: '/run/key' })).to.equal(
      '',
    );
    expect(problemsOf({ ...ENVIRONMENT, TYPESENSE_URL: 'ftp://x' })).to.include('TYPESENSE_URL is not');
    expect([TYPESENSE_URL, TYPESENSE_API_KEY_SECRET, TABLE_NAME]).to.not.include(undefined);
  });

  it('given a definition without types, then it does not start, and says what to write', () => {
    const order = row({ PK: 'ORDER#<order>', SK: 'DETAIL' });
    const untyped = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: { order },
      derive: { search: documents(order, { collection: 'orders', fields: ['status'] }) },
    });
    expect(problemsOf(ENVIRONMENT, untyped as never)).to.include("types: { status: 'string' }");
  });
});
