import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { writeChange } from '../../local/proof/fleet-writer.ts';
import { LOCAL_SDK } from '../../local/servers/local-credentials.ts';
import { createMainTable } from '../../local/servers/tables.ts';
import { DynamoDbStreamSource } from '../../src/adapters/aws/streams/dynamodb-stream-source.ts';
import { toLambdaRecord } from '../../src/adapters/aws/streams/lambda-record.ts';
import { MemoryShardStates } from '../../src/adapters/memory/memory-shard-states.ts';
import type { HandleRecords } from '../../src/application/read-stream/handle-records.ts';
import { NO_LIMIT } from '../../src/application/time-limit.ts';
import { generateRecords } from '../../src/fleet/feed/generate.ts';
import { Random } from '../../src/random/random.ts';
import { barePages, rawPage } from '../workers/reader/bare.ts';
import { contrailReader, memoryWorker } from '../workers/reader/contrail.ts';
import { streamsClient } from '../workers/reader/streams-client.ts';
import type { ReaderLatency, ReaderPlan, WaysOfWrites, Writing } from './reader.ts';

/** As often as a shard may be asked for records: five times a second. */
const LOOP_MS = 200;
/** Writes that warm up, and are not counted. */
const WARM_UP = 20;
const SEED = 20_260_106;

/** Both at the same time, as what goes on in them is little. */
export async function measureLatency(endpoint: string, plan: ReaderPlan): Promise<ReaderLatency> {
  const [writing, quiet] = await Promise.all([wayOf(endpoint, plan.writing), wayOf(endpoint, plan.quiet)]);
  return { writing, quiet };
}

/** Contrail with its defaults, and a loop, read the same stream, each with a worker in memory: two may. */
async function wayOf(endpoint: string, { writes, everyMs }: Writing): Promise<WaysOfWrites> {
  const dynamodb = new DynamoDBClient({ ...LOCAL_SDK, endpoint });
  const client = streamsClient(endpoint);
  const table = `written-${randomUUID()}`;
  const streamArn = await createMainTable(dynamodb, table);
  const warmUp = writes > WARM_UP ? WARM_UP : 1;
  const records = [...generateRecords({ seed: SEED, records: writes + warmUp, duplicateShare: 0 })];
  const readers = [new Timed(records.length), new Timed(records.length)] as const;
  const [own, loop] = readers;
  const source = new DynamoDbStreamSource(client, streamArn);
  const sent: number[] = [];
  const write = async (record: (typeof records)[number]) => {
    sent.push(performance.now());
    await writeChange(dynamodb, table, record);
  };
  const [first, ...others] = records;
  // DynamoDB Local may answer as if records were lost where a stream is read before it has one.
  if (first !== undefined) await write(first);
  const reading = [
    contrailReader(source, new MemoryShardStates(), own.handle, own.all),
    readInLoop(client, streamArn, loop.handle, loop.all),
  ];
  const random = Random.of(SEED);
  for (const record of others) {
    // Not in step with who asks.
    await sleep(everyMs * (0.5 + random.fraction()));
    await write(record);
  }
  await Promise.all(reading);
  for (const each of [dynamodb, client]) each.destroy();
  const wayIn = ({ doneAt }: Timed) => doneAt.map((at, n) => at - (sent[n] ?? NaN)).slice(warmUp);
  return { reader: wayIn(own), loop: wayIn(loop) };
}

/** A worker that notes when each record has taken effect: they come in the order in which they were written. */
class Timed {
  readonly doneAt: number[] = [];
  readonly #worker = memoryWorker();
  readonly #count: number;
  readonly #all = new AbortController();

  constructor(count: number) {
    this.#count = count;
  }

  /** Aborted once all have. */
  get all(): AbortSignal {
    return this.#all.signal;
  }

  readonly handle: HandleRecords = async (records, limit) => {
    const results = await this.#worker(records, limit);
    const now = performance.now();
    this.doneAt.push(...records.map(() => now));
    if (this.doneAt.length >= this.#count) this.#all.abort();
    return results;
  };
}

async function readInLoop(
  client: ReturnType<typeof streamsClient>,
  streamArn: string,
  handle: HandleRecords,
  stop: AbortSignal,
): Promise<void> {
  let askedAt = performance.now();
  for await (const page of barePages(client, streamArn, rawPage)) {
    if (page.length > 0)
      await handle(
        page.map((record) => toLambdaRecord(record, streamArn)),
        NO_LIMIT,
      );
    if (stop.aborted) return;
    await sleep(Math.max(0, askedAt + LOOP_MS - performance.now()));
    askedAt = performance.now();
  }
}
