import {
  BatchGetItemCommand,
  type DynamoDBClient,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import fc from 'fast-check';
import { stub, useFakeTimers } from 'sinon';
import { plain, writePlainly } from '../../../src/adapters/aws/plain-json.ts';
import { attributeValuesOf } from '../../../src/adapters/aws/electrodb/attribute-values.ts';
import { toNative } from '../../../src/adapters/aws/electrodb/native-value.ts';
import { anyValue, name, text } from './any-value.ts';
import { dynamoDbOn, HttpDouble, sqsOn } from './sdk-doubles.ts';

type Client = DynamoDBClient | SQSClient;

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
const query = fc.record({
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

/** What is sent by a client as it is, and by one that writes plainly. */
async function bothWays<C extends Client>(
  clientOn: (network: HttpDouble) => C,
  send: (client: C) => Promise<unknown>,
) {
  const [usual, plainly] = [new HttpDouble(), new HttpDouble()];
  await send(clientOn(usual));
  const client = clientOn(plainly);
  writePlainly(client);
  await send(client);
  return { usual, plainly };
}

async function check<Input extends object, C extends Client>(
  input: fc.Arbitrary<Input>,
  clientOn: (network: HttpDouble) => C,
  send: (client: C, input: Input) => Promise<unknown>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(input, async (one) => {
      const { usual, plainly } = await bothWays(clientOn, (client) => send(client, plain({ ...one })));
      expect(plainly.bodies).to.deep.equal(usual.bodies);
      expect(plainly.headers).to.deep.equal(usual.headers);
      const [{ body, headers } = { body: '', headers: {} }] = plainly.sent;
      expect(headers).to.have.property('content-length', String(Buffer.byteLength(body)));
    }),
    { numRuns: 60 },
  );
}

describe('a client that writes plain inputs', () => {
  it('given any transaction, then the request means what the SDK’s own does', () =>
    check(transaction, dynamoDbOn, (client, input) => client.send(new TransactWriteItemsCommand(input))));

  it('given any batch read, then the request means what the SDK’s own does', () =>
    check(read, dynamoDbOn, (client, input) => client.send(new BatchGetItemCommand(input))));

  it('given any query, then the request means what the SDK’s own does', () =>
    check(query, dynamoDbOn, (client, input) => client.send(new QueryCommand(input))));

  it('given any messages, then the request means what the SDK’s own does', () =>
    check(messages, sqsOn, (client, input) => client.send(new SendMessageBatchCommand(input))));

  it('given a request, when it is written, then the SDK has nothing to warn of', async () => {
    // It warns once a minute.
    const clock = useFakeTimers({ now: Date.now() + 3_600_000, toFake: ['Date'] });
    const warn = stub(console, 'warn');
    try {
      const client = dynamoDbOn(new HttpDouble());
      writePlainly(client);
      await client.send(new TransactWriteItemsCommand(plain({ TransactItems: [] })));
      expect(warn.args).to.deep.equal([]);
    } finally {
      warn.restore();
      clock.restore();
    }
  });

  it('given a transaction without a token, then it gets one of its own, which the SDK’s attempts share', async () => {
    const network = new HttpDouble((_, __, nth) => ({ status: nth === 1 ? 500 : 200 }));
    const client = dynamoDbOn(network);
    writePlainly(client);
    const TransactItems = [{ Delete: { TableName: 't', Key: { PK: { S: 'a' } } } }];
    for (let sent = 0; sent < 2; sent++)
      await client.send(new TransactWriteItemsCommand(plain({ TransactItems })));
    const tokens = network.bodies.map((body) => (body as { ClientRequestToken?: string }).ClientRequestToken);
    expect(tokens).to.have.length(3);
    expect(tokens[0]).to.match(/^[\w-]{36}$/);
    expect(tokens[1]).to.equal(tokens[0]);
    expect(tokens[2])
      .to.match(/^[\w-]{36}$/)
      .and.not.equal(tokens[0]);
  });

  it('given an input that is not marked, then it is written as the SDK writes it', async () => {
    const { usual, plainly } = await bothWays(dynamoDbOn, (client) =>
      client.send(new QueryCommand({ TableName: 't', ExclusiveStartKey: { PK: { B: Uint8Array.of(1) } } })),
    );
    expect(plainly.bodies).to.deep.equal(usual.bodies);
    expect(plainly.bodies).to.deep.equal([{ TableName: 't', ExclusiveStartKey: { PK: { B: 'AQ==' } } }]);
  });
});
