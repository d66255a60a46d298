import { PutItemCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { createMainTable } from '../../../local/servers/tables.ts';
import { DynamoDbStreamSource } from '../../../src/adapters/aws/streams/dynamodb-stream-source.ts';
import { encodeRecord } from '../../../src/adapters/dynamodb-stream/encode-value.ts';
import { MemoryStream } from '../../../src/adapters/memory/memory-stream.ts';
import { MemoryStreamSource } from '../../../src/adapters/memory/memory-stream-source.ts';
import { serversMissing, sharedServers } from '../../integration/shared-servers.ts';
import { attributeValues } from '../../support/attribute-value.ts';
import { ManualTime } from '../../support/manual-time.ts';
import { unique } from '../../support/unique.ts';
import type { Implementation } from '../contract.ts';
import type { Followed, Harness, Model, SourceCapability } from '../stream-source.ts';

/** The table whose stream the tests share, made once. */
let shared: Promise<string> | undefined;

async function followed(table: string, arn: string): Promise<Followed> {
  const { dynamodb, streams } = (await sharedServers()).clients;
  return {
    source: new DynamoDbStreamSource(streams, arn),
    put: (row) => dynamodb.send(new PutItemCommand({ TableName: table, Item: attributeValues(row) })),
    switchOff: () =>
      dynamodb.send(
        new UpdateTableCommand({ TableName: table, StreamSpecification: { StreamEnabled: false } }),
      ),
  };
}

async function made(table: string): Promise<string> {
  return createMainTable((await sharedServers()).clients.dynamodb, table);
}

export const dynamodbStream: Implementation<Harness, SourceCapability> = {
  name: 'DynamoDB Streams',
  setUp: async () => {
    const arn = await (shared ??= made('followed'));
    const { streams } = (await sharedServers()).clients;
    return {
      ...(await followed('followed', arn)),
      own: async () => {
        const table = unique('followed');
        return followed(table, await made(table));
      },
      missing: new DynamoDbStreamSource(streams, arn.replace('table/followed', 'table/missing')),
    };
  },
  lacks: { model: 'DynamoDB Local rolls a shard every four hours, and splits none' },
  missing: serversMissing(),
};

function inMemory(): Model {
  const time = new ManualTime();
  const stream = new MemoryStream(
    `arn:aws:dynamodb:eu-central-1:123456789012:table/${unique('orders')}/stream/2026-01-05T09:00:00.000`,
  );
  const images = new Map<string, unknown>();
  let made = 99_999_999_999_999_999_990n;
  const source = new MemoryStreamSource(stream, time.clock);
  return {
    source,
    put: async (row) => {
      const { PK, SK } = row;
      const Keys = { PK: { S: PK }, SK: { S: SK } };
      const name = JSON.stringify([PK, SK]);
      const [OldImage, NewImage] = [images.get(name), encodeRecord(row)];
      images.set(name, NewImage);
      stream.append({
        eventName: OldImage === undefined ? 'INSERT' : 'MODIFY',
        eventSource: 'aws:dynamodb',
        eventSourceARN: stream.arn,
        dynamodb: {
          ...{ Keys, NewImage, ...(OldImage === undefined ? {} : { OldImage }) },
          ApproximateCreationDateTime: Math.floor(Date.now() / 1_000),
          SequenceNumber: String(++made),
          SizeBytes: 100,
          StreamViewType: 'NEW_AND_OLD_IMAGES',
        },
      });
    },
    switchOff: async () => stream.switchOff(),
    split: (shard) => stream.split(shard),
    roll: (shard) => stream.roll(shard),
    trim: (shard, kept) => stream.trim(shard, kept),
    expireIterators: () => time.pass(900_000),
    paged: (pageSize) => new MemoryStreamSource(stream, time.clock, { pageSize }),
  };
}

export const memoryStream: Implementation<Harness, SourceCapability> = {
  name: 'memory',
  setUp: () => {
    const model = inMemory();
    return { source: model.source, put: model.put, own: async () => inMemory(), model };
  },
  lacks: { missing: 'a source is of a stream that is there' },
};
