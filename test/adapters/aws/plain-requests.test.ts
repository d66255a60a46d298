import {
  BatchGetItemCommand,
  type DynamoDBClient,
  QueryCommand,
  ResourceNotFoundException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import fc from 'fast-check';
import { spy, stub, useFakeTimers } from 'sinon';
import { cacheMiddleware } from '../../../src/adapters/aws/cached-middleware.ts';
import { plain, sendPlainly } from '../../../src/adapters/aws/plain-requests.ts';
import { attributeValuesOf } from '../../../src/adapters/aws/electrodb/attribute-values.ts';
import { toNative } from '../../../src/adapters/aws/electrodb/native-value.ts';
import { anyValue, name, text } from './any-value.ts';
import { dynamoDbOn, HttpDouble, sqsOn } from './sdk-doubles.ts';

type Client = DynamoDBClient | SQSClient;

const query = (PK: string) =>
  new QueryCommand(plain({ TableName: 't', ExclusiveStartKey: { PK: { S: PK } } }));

const values = fc
  .dictionary(name, anyValue, { maxKeys: 4 })
  .map((all) =>
    attributeValuesOf(Object.fromEntries(Object.entries(all).map(([key, value]) => [key, toNative(value)]))),
  );
const names = fc.dictionary(text, text, { maxKeys: 2 });
const table = fc.oneof(fc.constantFrom('t', 'constructor'), fc.stringMatching(/^[\w.-]{3,9}$/));
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });

const expression = {
  TableName: table,
  ExpressionAttributeNames: maybe(names),
  ExpressionAttributeValues: maybe(values),
};
const condition = { ...expression, ConditionExpression: maybe(text) };
const part: fc.Arbitrary<TransactWriteItem> = fc.oneof(
  fc.record({ Put: fc.record({ ...condition, Item: values }) }),
  fc.record({
    Update: fc.record({
      ...condition,
      Key: values,
      UpdateExpression: text,
      ReturnValuesOnConditionCheckFailure: maybe(fc.constant('ALL_OLD' as const)),
    }),
  }),
  fc.record({ Delete: fc.record({ ...condition, Key: values }) }),
  fc.record({ ConditionCheck: fc.record({ ...condition, ConditionExpression: text, Key: values }) }),
);

const transaction = fc.record({
  TransactItems: fc.array(part, { maxLength: 3 }),
  ClientRequestToken: fc.string({ minLength: 1 }),
});
const read = fc.record({
  RequestItems: fc
    .array(
      fc.tuple(
        table,
        fc.record({ Keys: fc.array(values, { maxLength: 3 }), ConsistentRead: fc.constant(true) }),
      ),
    )
    .map((tables) => Object.fromEntries(tables)),
});
const anyQuery = fc.record({
  ...expression,
  KeyConditionExpression: text,
  ScanIndexForward: fc.boolean(),
  Limit: fc.nat(),
  ConsistentRead: fc.constant(true),
  ExclusiveStartKey: maybe(values),
});
const messages = fc.record({
  QueueUrl: fc.constant('https://sqs.eu-central-1.amazonaws.com/1/q.fifo'),
  Entries: fc.array(
    fc.record({
      Id: fc.nat().map(String),
      MessageBody: text,
      MessageGroupId: maybe(text),
      MessageDeduplicationId: maybe(text),
    }),
  ),
});

function plainOn<C extends Client>(clientOn: (network: HttpDouble) => C, network: HttpDouble): C {
  const client = clientOn(network);
  sendPlainly(client);
  cacheMiddleware(client);
  return client;
}

/** What is sent by a client as it is, and by one that sends plainly. */
async function bothWays<C extends Client>(
  clientOn: (network: HttpDouble) => C,
  send: (client: C) => Promise<unknown>,
) {
  const [usual, plainly] = [new HttpDouble(), new HttpDouble()];
  await send(clientOn(usual));
  await send(plainOn(clientOn, plainly));
  return { usual, plainly };
}

async function check<Input extends object, C extends Client>(
  input: fc.Arbitrary<Input>,
  clientOn: (network: HttpDouble) => C,
  send: (client: C, input: Input) => Promise<unknown>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(input, input, async (another, one) => {
      // The first goes the SDK's own way.
      const { usual, plainly } = await bothWays(clientOn, async (client) => {
        for (const each of [another, one]) await send(client, plain({ ...each }));
      });
      expect(plainly.bodies).to.deep.equal(usual.bodies);
      expect(plainly.headers).to.deep.equal(usual.headers);
      expect(plainly.places).to.deep.equal(usual.places);
      const [, { body, headers } = { body: '', headers: {} }] = plainly.sent;
      expect(headers).to.have.property('content-length', String(Buffer.byteLength(body)));
    }),
    { numRuns: 60 },
  );
}

describe('a client that sends plain inputs', () => {
  it('given any transaction, then the request means what the SDK’s own does', () =>
    check(transaction, dynamoDbOn, (client, input) => client.send(new TransactWriteItemsCommand(input))));

  it('given any batch read, then the request means what the SDK’s own does', () =>
    check(read, dynamoDbOn, (client, input) => client.send(new BatchGetItemCommand(input))));

  it('given any query, then the request means what the SDK’s own does', () =>
    check(anyQuery, dynamoDbOn, (client, input) => client.send(new QueryCommand(input))));

  it('given any messages, then the request means what the SDK’s own does', () =>
    check(messages, sqsOn, (client, input) => client.send(new SendMessageBatchCommand(input))));

  it('given requests, when they are written, then the SDK has nothing to warn of', async () => {
    // It warns once a minute.
    const clock = useFakeTimers({ now: Date.now() + 3_600_000, toFake: ['Date'] });
    const warn = stub(console, 'warn');
    try {
      const client = plainOn(dynamoDbOn, new HttpDouble());
      for (const PK of ['a', 'b']) await client.send(query(PK));
      expect(warn.args).to.deep.equal([]);
    } finally {
      warn.restore();
      clock.restore();
    }
  });

  it('given an answer, then it is taken as it comes, and only a refusal is read by the SDK', async () => {
    const item = { PK: { S: 'a' }, bytes: { B: 'AQ==' } };
    const refusal = { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message: 'none' };
    const network = new HttpDouble((_, __, nth) =>
      nth < 3 ? { body: { Items: [item] } } : { status: 400, body: refusal },
    );
    const client = plainOn(dynamoDbOn, network);
    for (const PK of ['a', 'b']) expect((await client.send(query(PK))).Items).to.deep.equal([item]);
    const error: unknown = await client.send(query('c')).catch((one: unknown) => one);
    expect(error).to.be.instanceOf(ResourceNotFoundException).with.property('message', 'none');
  });

  it('given failures that pass, then the SDK tries again, with the same body', async () => {
    const network = new HttpDouble((_, __, nth) => ({ status: nth === 2 ? 500 : 200 }));
    const client = plainOn(dynamoDbOn, network);
    for (const PK of ['a', 'b']) await client.send(query(PK), { abortSignal: new AbortController().signal });
    const asked = (S: string) => ({ TableName: 't', ExclusiveStartKey: { PK: { S } } });
    expect(network.bodies).to.deep.equal(['a', 'b', 'b'].map(asked));
    expect(network.sent.map(({ headers }) => headers['amz-sdk-request'])).to.deep.equal(
      [1, 1, 2].map((nth) => `attempt=${nth}; max=3`),
    );
  });

  it('given a signal that is aborted, then the request breaks off', async () => {
    const network = new HttpDouble((_, signal) => (signal === undefined ? {} : new Promise(() => undefined)));
    const client = plainOn(dynamoDbOn, network);
    await client.send(query('a'));
    const ended = new AbortController();
    const sent = client.send(query('b'), { abortSignal: ended.signal }).catch((error: unknown) => error);
    await new Promise((done) => setTimeout(done, 5));
    ended.abort();
    expect(await sent).to.have.property('name', 'AbortError');
  });

  it('given queues of two hosts, then each message goes to its own', async () => {
    const network = new HttpDouble();
    const client = plainOn(sqsOn, network);
    client.config.logger = { warn: () => undefined } as unknown as typeof client.config.logger;
    const hosts = ['one.example', 'two.example', 'one.example', 'two.example'];
    for (const host of hosts)
      await client.send(new SendMessageBatchCommand(plain({ QueueUrl: `https://${host}/1/q`, Entries: [] })));
    expect(network.sent.map(({ hostname }) => hostname)).to.deep.equal(hosts);
  });

  it('given tables of two accounts, then each request goes to a host of its own', async () => {
    const arn = (account: number) => `arn:aws:dynamodb:eu-central-1:${account}:table/t`;
    const places = [false, true].map(async (isPlain) => {
      const network = new HttpDouble();
      const client = dynamoDbOn(network);
      if (isPlain) {
        sendPlainly(client);
        cacheMiddleware(client);
      }
      for (const TableName of ['t', arn(111122223333), arn(444455556666), arn(111122223333)]) {
        const Key = { PK: { S: 'a' } };
        await client.send(new QueryCommand(plain({ TableName })));
        await client.send(new BatchGetItemCommand(plain({ RequestItems: { [TableName]: { Keys: [Key] } } })));
        const TransactItems = [{ Delete: { TableName, Key } }];
        await client.send(new TransactWriteItemsCommand(plain({ ClientRequestToken: 'a', TransactItems })));
      }
      return network.places;
    });
    const [without, short] = await Promise.all(places);
    expect(short).to.deep.equal(without);
    expect(new Set(short)).to.have.property('size', 3);
  });

  it('given invocations with traces of their own, then each request has its own', async () => {
    const network = new HttpDouble();
    const client = plainOn(dynamoDbOn, network);
    const before = process.env;
    // A copy: what is put in its place afterwards is the process's own, which programs that it starts see.
    process.env = { ...before };
    try {
      process.env['AWS_LAMBDA_FUNCTION_NAME'] = 'f';
      for (const trace of ['Root=1', 'Root=2', 'Root=3']) {
        process.env['_X_AMZN_TRACE_ID'] = trace;
        await client.send(query(trace));
      }
    } finally {
      process.env = before;
    }
    const traces = network.sent.map(({ headers }) => headers['X-Amzn-Trace-Id']);
    expect(traces).to.deep.equal(['Root=1', 'Root=2', 'Root=3']);
  });

  for (const step of ['serialize', 'build'] as const)
    it(`given middleware of others in the ${step} step, then all requests go through it`, async () => {
      const client = plainOn(dynamoDbOn, new HttpDouble());
      let passed = 0;
      client.middlewareStack.add((next) => (request) => (passed++, next(request)), { step: step as 'build' });
      for (const PK of ['a', 'b', 'c']) await client.send(query(PK));
      expect(passed).to.equal(3);
    });

  it('given nothing but the SDK’s own middleware, then only the first request goes through all of it', async () => {
    const client = plainOn(dynamoDbOn, new HttpDouble());
    const serialize = spy(client.config.protocol, 'serializeRequest');
    for (const PK of ['a', 'b', 'c']) await client.send(query(PK));
    expect(serialize.callCount).to.equal(1);
  });

  it('given an input that is not marked, then it is written as the SDK writes it', async () => {
    const { usual, plainly } = await bothWays(dynamoDbOn, (client) =>
      client.send(new QueryCommand({ TableName: 't', ExclusiveStartKey: { PK: { B: Uint8Array.of(1) } } })),
    );
    expect(plainly.bodies).to.deep.equal(usual.bodies);
    expect(plainly.bodies).to.deep.equal([{ TableName: 't', ExclusiveStartKey: { PK: { B: 'AQ==' } } }]);
  });
});
