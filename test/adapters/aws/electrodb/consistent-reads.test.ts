import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { documentClientOf } from '../../../../src/adapters/aws/clients.ts';
import { ElectroDbImageRepository } from '../../../../src/adapters/aws/electrodb/images/electrodb-image-repository.ts';
import { ElectroDbMatcherRepository } from '../../../../src/adapters/aws/electrodb/matcher/electrodb-matcher-repository.ts';
import { intercept, type Interceptor } from '../../../integration/fault-wire.ts';
import { fleet } from '../../../../src/fleet/definition.ts';
import { contribution, entity, link, version } from '../../../support/factories.ts';

const TABLE = 'rows';
const PK = { S: 'IMAGES#ORG#SYSTEM#ENTITY#REGISTRATION#ID#N1' };
const row = (sk: string, imageId: string) => ({ PK, SK: { S: sk }, image_id: { S: imageId } });

/** Reads as they leave the SDK, by operation and by whether they are consistent. DynamoDB Local's always are. */
async function readsOf(work: (client: DynamoDBClient) => Promise<unknown>): Promise<string[]> {
  const reads: string[] = [];
  const note = (operation: string, consistent: unknown) =>
    reads.push(`${operation} ${consistent === true ? 'consistent' : 'stale'}`);
  const interceptor: Interceptor = async ({ operation, body }) => {
    const request = JSON.parse(body) as {
      readonly ConsistentRead?: boolean;
      readonly RequestItems?: Readonly<Record<string, { readonly ConsistentRead?: boolean }>>;
    };
    if (/Get|Query|Scan/.test(operation))
      for (const part of Object.values(request.RequestItems ?? { [TABLE]: request }))
        note(operation, part.ConsistentRead);
    const answer =
      operation === 'Query'
        ? { Items: [row('IMG#2', '2')], Count: 1 }
        : { Responses: { [TABLE]: [row('DEFAULT', '1')] }, UnprocessedKeys: {} };
    return { status: 200, body: JSON.stringify(answer) };
  };
  const client = new DynamoDBClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  intercept(client, interceptor);
  await work(client);
  client.destroy();
  return reads;
}

describe('what decisions rest on', () => {
  it('given an entity whose default points elsewhere, then each of the three reads is consistent', async () => {
    const reads = await readsOf((client) =>
      new ElectroDbImageRepository(documentClientOf(client), TABLE, fleet.model.keys).load([entity()]),
    );
    expect(reads.toSorted()).to.deep.equal([
      'BatchGetItem consistent',
      'BatchGetItem consistent',
      'Query consistent',
    ]);
  });

  it('given links, when their states and the counts that they leave are read, then consistently', async () => {
    const from = { version: version(1), contributions: [contribution()], removed: false };
    const to = { version: version(2), contributions: [], removed: true };
    const reads = await readsOf(async (client) => {
      const matcher = new ElectroDbMatcherRepository(documentClientOf(client), {
        table: TABLE,
        keys: fleet.model.keys,
        stateTable: 'states',
      });
      await matcher.load([link()]);
      await matcher.apply([{ source: link(), from, to }]);
    });
    expect(reads).to.include('BatchGetItem consistent').and.not.include('BatchGetItem stale');
    expect(reads.length).to.be.at.least(2);
  });
});
