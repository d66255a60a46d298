import { Readable } from 'node:stream';
import { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { documentClientOf } from '../../../src/adapters/aws/clients.ts';

/** What a client reads of an item that the service answers with. */
async function read(item: string): Promise<string> {
  const body = Buffer.from(`{"Responses":{"t":[${item}]}}`);
  const response = { statusCode: 200, headers: {}, body: Readable.from([body]) };
  const client = new DynamoDBClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: { handle: () => Promise.resolve({ response }) } as never,
  });
  const command = new BatchGetItemCommand({ RequestItems: { t: { Keys: [{ PK: { S: 'a' } }] } } });
  documentClientOf(client);
  const { Responses } = await client.send(command);
  return JSON.stringify(Responses?.['t']?.[0]);
}

describe('attributes called __proto__', () => {
  for (const item of [
    '{"PK":{"S":"a"},"__proto__":{"S":"x"}}',
    '{"PK":{"S":"a"},"m":{"M":{"__proto__":{"M":{"__proto__":{"N":"1"},"b":{"S":"y"}}}}}}',
    '{"PK":{"S":"__proto__"},"l":{"L":[{"M":{"__proto__":{"NULL":true}}}]},"__proto__":{"SS":["__proto__"]}}',
    String.raw`{"PK":{"S":"{\"__proto__\":1,\"__proto__\" :2}"},"__proto__":{"S":"\\"},"b":{"S":",\"__proto__\":"}}`,
  ])
    it(`are read as they are: ${item}`, async () => {
      expect(JSON.parse(await read(item))).to.deep.equal(JSON.parse(item));
      expect((await read(item)).split('"__proto__":')).to.have.length(item.split('"__proto__":').length);
    });
});
