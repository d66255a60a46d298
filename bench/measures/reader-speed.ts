import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { writeFleet } from '../../local/proof/fleet-writer.ts';
import { LOCAL_SDK } from '../../local/servers/local-credentials.ts';
import { createMainTable, createTable } from '../../local/servers/tables.ts';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { DynamoDbShardStates } from '../../src/adapters/aws/electrodb/shards/dynamodb-shard-states.ts';
import { DynamoDbStreamSource } from '../../src/adapters/aws/streams/dynamodb-stream-source.ts';
import { toLambdaRecord } from '../../src/adapters/aws/streams/lambda-record.ts';
import type { SourcePage } from '../../src/application/ports/stream-source.ts';
import type { HandleRecords } from '../../src/application/read-stream/handle-records.ts';
import { NO_LIMIT } from '../../src/application/time-limit.ts';
import { barePages, rawPage, sdkPage } from '../workers/reader/bare.ts';
import { contrailReader, memoryWorker, noWorker } from '../workers/reader/contrail.ts';
import { streamsClient } from '../workers/reader/streams-client.ts';
import { paired } from './paired.ts';
import type { ReaderPlan, ReaderSpeed } from './reader.ts';

/** Rounds until V8 has compiled what it will. */
const WARM_UPS = 2;
const SEED = 20_260_105;

/** Makes a table whose stream has so many records of the fleet. @returns the stream's ARN. */
export async function fillStream(endpoint: string, records: number): Promise<string> {
  const dynamodb = new DynamoDBClient({ ...LOCAL_SDK, endpoint });
  const table = `read-${randomUUID()}`;
  const streamArn = await createMainTable(dynamodb, table);
  await writeFleet(dynamodb, { table, writes: records, seed: SEED, concurrency: 64 });
  return streamArn;
}

/** Each reads the whole stream, from its first request for records until the last of them is handled. */
export async function measureSpeed(
  endpoint: string,
  streamArn: string,
  { records, rounds }: ReaderPlan,
): Promise<ReaderSpeed[]> {
  const read = { endpoint, streamArn, records };
  const pages = await pagesOf(read);
  const [reader = [], withWorker = [], workerAlone = [], loop = [], rawLoop = []] = await paired(
    [
      () => readerRate(read, noWorker),
      () => readerRate(read, memoryWorker()),
      () => workerRate(pages),
      () => loopRate(read, sdkPage),
      () => loopRate(read, rawPage),
    ],
    rounds,
    rounds > 1 ? WARM_UPS : 0,
  );
  return reader.map((rate, n) => ({
    ...{ reader: rate, withWorker: withWorker[n] ?? NaN, workerAlone: workerAlone[n] ?? NaN },
    ...{ loop: loop[n] ?? NaN, rawLoop: rawLoop[n] ?? NaN },
  }));
}

interface Read {
  readonly endpoint: string;
  readonly streamArn: string;
  readonly records: number;
}

/** Without the bound of five pages a second: the loop has none either, and this server allows any number. */
async function readerRate({ endpoint, streamArn, records }: Read, worker: HandleRecords): Promise<number> {
  const client = streamsClient(endpoint);
  const dynamodb = new DynamoDBClient({ ...LOCAL_SDK, endpoint });
  const stateTable = `state-${randomUUID()}`;
  await createTable(dynamodb, stateTable);
  const source = new TimedSource(client, streamArn);
  const stop = new AbortController();
  let handled = 0;
  let endedAt = NaN;
  const handle: HandleRecords = async (some, limit) => {
    const results = await worker(some, limit);
    handled += some.length;
    if (handled >= records) {
      endedAt = performance.now();
      stop.abort();
    }
    return results;
  };
  const states = new DynamoDbShardStates(documentClientOf(dynamodb), { stateTable });
  await contrailReader(source, states, handle, stop.signal, { pagesPerSecond: Infinity });
  for (const each of [client, dynamodb]) each.destroy();
  return rateOf(handled, records, endedAt - source.firstAt);
}

/** Notes when it was asked for records first. */
class TimedSource extends DynamoDbStreamSource {
  firstAt = NaN;

  override records(...parameters: Parameters<DynamoDbStreamSource['records']>): Promise<SourcePage> {
    if (Number.isNaN(this.firstAt)) this.firstAt = performance.now();
    return super.records(...parameters);
  }
}

async function loopRate({ endpoint, streamArn, records }: Read, getPage: typeof sdkPage): Promise<number> {
  const client = streamsClient(endpoint);
  let firstAt = NaN;
  let read = 0;
  const timed: typeof sdkPage = (...parameters) => {
    if (Number.isNaN(firstAt)) firstAt = performance.now();
    return getPage(...parameters);
  };
  for await (const page of barePages(client, streamArn, timed)) if ((read += page.length) >= records) break;
  const milliseconds = performance.now() - firstAt;
  client.destroy();
  return rateOf(read, records, milliseconds);
}

async function workerRate(pages: readonly (readonly unknown[])[]): Promise<number> {
  const worker = memoryWorker();
  const from = performance.now();
  for (const page of pages) await worker(page, NO_LIMIT);
  return pages.flat().length / ((performance.now() - from) / 1000);
}

async function pagesOf({ endpoint, streamArn, records }: Read): Promise<(readonly unknown[])[]> {
  const client = streamsClient(endpoint);
  const pages: (readonly unknown[])[] = [];
  for await (const page of barePages(client, streamArn, rawPage)) {
    pages.push(page.map((record) => toLambdaRecord(record, streamArn)));
    if (pages.flat().length >= records) break;
  }
  client.destroy();
  return pages;
}

function rateOf(read: number, expected: number, milliseconds: number): number {
  if (read !== expected) throw new Error(`${read} records were read, where the stream has ${expected}`);
  return (read * 1000) / milliseconds;
}
