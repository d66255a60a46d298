import {
  BatchGetItemCommand,
  type DynamoDBClient,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { cacheMiddleware } from '../../../src/adapters/aws/cached-middleware.ts';
import { observed } from '../../../src/adapters/aws/clients.ts';
import { MemoryMetrics } from '../../../src/adapters/memory/memory-metrics.ts';
import { dynamoDbOn, HttpDouble, sqsOn } from './sdk-doubles.ts';

const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/1/q';
const read = (id: string) => new BatchGetItemCommand({ RequestItems: { t: { Keys: [{ PK: { S: id } }] } } });
const write = (id: string) =>
  new TransactWriteItemsCommand({
    ClientRequestToken: id,
    TransactItems: [{ Put: { TableName: 't', Item: { PK: { S: id } } } }],
  });
const query = (id: string) =>
  new QueryCommand({
    TableName: 't',
    KeyConditionExpression: 'a = :a',
    ExpressionAttributeValues: { ':a': { S: id } },
  });
const message = (id: string, QueueUrl = QUEUE) =>
  new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: id, MessageBody: 'text' }] });

/** How often a client puts a request's middleware together from now on. */
function assembliesOf(client: DynamoDBClient | SQSClient): () => number {
  let assemblies = 0;
  // A middleware is made anew each time.
  (client as DynamoDBClient).middlewareStack.add((next) => (assemblies++, next), { step: 'initialize' });
  return () => assemblies;
}

/** Gives back what a read asked for, a while later: those asked first, last. */
function echoing(): HttpDouble {
  let wait = 8;
  return new HttpDouble(async ({ body }) => {
    await new Promise((done) => setTimeout(done, (wait -= 2)));
    const { RequestItems } = JSON.parse(Buffer.from(body as Uint8Array).toString()) as {
      RequestItems: { t: { Keys: object[] } };
    };
    return { body: { Responses: { t: RequestItems.t.Keys } } };
  });
}

describe('a client that caches its middleware', () => {
  it('given commands of several classes, when sent under a signal, then requests and results are as without', async () => {
    const ways = [false, true].map(async (isCached) => {
      const [tables, queues] = [new HttpDouble(() => ({ body: { Count: 3 } })), new HttpDouble()];
      const [dynamodb, sqs] = [dynamoDbOn(tables), sqsOn(queues)];
      if (isCached) for (const client of [dynamodb, sqs]) cacheMiddleware(client);
      const options = { abortSignal: new AbortController().signal };
      const results: object[] = [];
      for (const id of ['1', '2']) {
        results.push(await dynamodb.send(read(id), options), await dynamodb.send(query(id), options));
        results.push(await dynamodb.send(write(id), options), await sqs.send(message(id), options));
      }
      return [tables.bodies, tables.headers, queues.bodies, queues.headers, results];
    });
    const [without, cached] = await Promise.all(ways);
    expect(cached).to.deep.equal(without);
    expect(cached?.[0]).to.have.length(6);
  });

  it('given commands, under whatever signals, then middleware is put together once for each class', async () => {
    const network = new HttpDouble();
    const client = dynamoDbOn(network);
    cacheMiddleware(client);
    const assemblies = assembliesOf(client);
    for (const id of ['1', '2', '3'])
      await client.send(read(id), { abortSignal: new AbortController().signal });
    await client.send(read('4'));
    await client.send(read('5'), {});
    expect(assemblies()).to.equal(1);
    for (const id of ['1', '2']) await client.send(query(id));
    expect(assemblies()).to.equal(2);
    expect(network.sent).to.have.length(7);
  });

  it('given a signal, when aborted while the SDK pauses before another attempt, then the request ends at once', async () => {
    const network = new HttpDouble(() => ({ status: 500 }));
    const client = dynamoDbOn(network);
    const pause = { getRetryCount: () => 1, getRetryDelay: () => 500, getRetryCost: () => 0 };
    client.config.retryStrategy = () =>
      Promise.resolve({
        acquireInitialRetryToken: () => Promise.resolve(pause),
        refreshRetryTokenForRetry: (_, { errorType }) =>
          network.sent.length > 1 ? Promise.reject(new Error(errorType)) : Promise.resolve(pause),
        recordSuccess: () => undefined,
      });
    cacheMiddleware(client);
    const ended = new AbortController();
    const sent = client.send(read('1'), { abortSignal: ended.signal }).catch((error: unknown) => error);
    await new Promise((done) => setTimeout(done, 50));
    expect(network.sent).to.have.length(1);
    ended.abort();
    expect(await sent).to.have.property('name', 'AbortError');
    await new Promise((done) => setTimeout(done, 600));
    expect(network.sent).to.have.length(1);
  });

  it('given a signal that has been aborted, then nothing is sent', async () => {
    const network = new HttpDouble();
    const client = dynamoDbOn(network);
    cacheMiddleware(client);
    const error: unknown = await client
      .send(read('1'), { abortSignal: AbortSignal.abort() })
      .catch((one: unknown) => one);
    expect(error).to.have.property('name', 'AbortError');
    expect(network.sent).to.deep.equal([]);
  });

  it('given two signals, when one is aborted, then only requests under it break off', async () => {
    const network = new HttpDouble(
      (_, signal, nth) =>
        new Promise((answer, fail) => {
          signal?.addEventListener('abort', () => {
            fail(signal.reason as Error);
          });
          if (nth > 2) answer({});
          else setTimeout(() => answer({}), 20);
        }),
    );
    const client = dynamoDbOn(network);
    cacheMiddleware(client);
    const [ended, other] = [new AbortController(), new AbortController()];
    const under = [ended, other].map(({ signal: abortSignal }) => client.send(read('1'), { abortSignal }));
    const outcomes = Promise.allSettled(under);
    await new Promise((done) => setTimeout(done, 5));
    ended.abort(new Error('the batch is over'));
    expect((await outcomes).map(({ status }) => status)).to.deep.equal(['rejected', 'fulfilled']);
    expect(((await outcomes)[0] as PromiseRejectedResult).reason).to.have.property('name', 'AbortError');
    await client.send(read('2'), { abortSignal: other.signal });
  });

  it('given requests at the same time, when answered in another order, then each has its own answer', async () => {
    const client = dynamoDbOn(echoing());
    cacheMiddleware(client);
    const options = { abortSignal: new AbortController().signal };
    const ids = ['1', '2', '3', '4'];
    const answers = await Promise.all(ids.map((id) => client.send(read(id), options)));
    expect(answers.map(({ Responses }) => Responses?.['t']?.[0]?.['PK']?.S)).to.deep.equal(ids);
  });

  it('given queues of two hosts, when sent to at the same time, then each message goes to its own', async () => {
    const network = new HttpDouble();
    const client = sqsOn(network);
    client.config.logger = { warn: () => undefined } as unknown as typeof client.config.logger;
    cacheMiddleware(client);
    const options = { abortSignal: new AbortController().signal };
    const hosts = ['one.example', 'two.example', 'one.example', 'two.example'];
    await Promise.all(
      hosts.map((host, index) =>
        client.send(message(`${host}-${index}`.replace('.', '-'), `https://${host}/1/q`), options),
      ),
    );
    expect(network.sent.map(({ hostname }) => hostname)).to.have.members(hosts);
    for (const [index, body] of network.bodies.entries())
      expect((body as { QueueUrl: string }).QueueUrl).to.equal(
        `https://${network.sent[index]?.hostname}/1/q`,
      );
  });

  it('given a document client, when its own commands are sent, then they are marshalled as before; others as they are', async () => {
    const network = new HttpDouble(() => ({ body: { Item: { n: { N: '1' } } } }));
    const documents = DynamoDBDocumentClient.from(dynamoDbOn(network));
    cacheMiddleware(documents);
    const options = { abortSignal: new AbortController().signal };
    const get = (PK: string) => documents.send(new GetCommand({ TableName: 't', Key: { PK } }), options);
    expect((await get('a')).Item).to.deep.equal({ n: 1 });
    await documents.send(read('b'), options);
    expect((await get('c')).Item).to.deep.equal({ n: 1 });
    const asked = (S: string) => ({ TableName: 't', Key: { PK: { S } } });
    expect(network.bodies).to.deep.equal([asked('a'), read('b').input, asked('c')]);
  });

  it('given middleware that is added before the first request, then all requests go through it', async () => {
    const client = dynamoDbOn(new HttpDouble());
    cacheMiddleware(client);
    let passed = 0;
    client.middlewareStack.add((next) => (request) => (passed++, next(request)), { step: 'build' });
    const options = { abortSignal: new AbortController().signal };
    for (const id of ['1', '2', '3']) await client.send(read(id), options);
    expect(passed).to.equal(3);
  });

  it('given failures that pass, when the SDK tries again, then with the same request, and each attempt is counted', async () => {
    const statuses = [200, 500, 503, 200, 500, 200];
    const network = new HttpDouble((_, __, nth) => ({ status: statuses[nth - 1] ?? 200 }));
    const metrics = new MemoryMetrics();
    const client = observed(dynamoDbOn(network), metrics);
    const options = { abortSignal: new AbortController().signal };
    for (const id of ['1', '2', '3']) await client.send(write(id), options);
    expect(Object.fromEntries(metrics.requests)).to.deep.equal({ TransactWriteItems: 6 });
    const tokens = network.bodies.map((body) => (body as { ClientRequestToken: string }).ClientRequestToken);
    expect(tokens).to.deep.equal(['1', '2', '2', '2', '3', '3']);
  });

  it('given a transaction that is cancelled, then the SDK’s own error tells why, and the next one is sent', async () => {
    const reasons = [{ Code: 'ConditionalCheckFailed', Item: { PK: { S: 'x' } } }];
    const network = new HttpDouble((_, __, nth) =>
      nth === 1
        ? {
            status: 400,
            body: {
              __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
              message: 'cancelled',
              CancellationReasons: reasons,
            },
          }
        : {},
    );
    const client = observed(dynamoDbOn(network), new MemoryMetrics());
    const options = { abortSignal: new AbortController().signal };
    const error: unknown = await client.send(write('1'), options).catch((one: unknown) => one);
    expect(error).to.be.instanceOf(TransactionCanceledException);
    expect((error as TransactionCanceledException).CancellationReasons).to.deep.equal(reasons);
    await client.send(write('2'), options);
    expect(network.sent).to.have.length(2);
  });
});
