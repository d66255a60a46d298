import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { getRawRecords } from '../../../src/adapters/aws/streams/get-raw-records.ts';

/** One page of a shard. */
export interface BarePage {
  readonly records: readonly unknown[];
  readonly next: string | undefined;
}

type GetPage = (client: DynamoDBStreamsClient, iterator: string) => Promise<BarePage>;

const LIMIT = 1_000;

/** As the SDK's users ask for records, and get them. */
export const sdkPage: GetPage = async (client, iterator) => {
  const { Records = [], NextShardIterator: next } = await client.send(
    new GetRecordsCommand({ ShardIterator: iterator, Limit: LIMIT }),
  );
  return { records: Records, next };
};

/** With the answer's own JSON, which the SDK does not read: the least that anybody can do. */
export const rawPage: GetPage = async (client, iterator) => {
  const { records, nextIterator } = await getRawRecords(client, { ShardIterator: iterator, Limit: LIMIT });
  return { records, next: nextIterator };
};

/** The pages of a stream's only shard from its beginning on, each asked for once the one before was handled. Nothing is noted, nothing shared, no fault survived. */
export async function* barePages(
  client: DynamoDBStreamsClient,
  streamArn: string,
  getPage: GetPage,
): AsyncGenerator<readonly unknown[]> {
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: streamArn }));
  const [shard, ...others] = StreamDescription?.Shards ?? [];
  if (shard === undefined || others.length > 0) throw new Error('a stream of one shard was expected');
  let { ShardIterator: iterator } = await client.send(
    new GetShardIteratorCommand({
      ...{ StreamArn: streamArn, ShardId: shard.ShardId, ShardIteratorType: 'TRIM_HORIZON' },
    }),
  );
  while (iterator !== undefined) {
    const { records, next } = await getPage(client, iterator);
    yield records;
    iterator = next;
  }
}
