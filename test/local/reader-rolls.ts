import { Agent } from 'node:http';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { DynamoDbLocal } from '../../local/servers/dynamodb-local.ts';
import { fakeTimeMissing } from '../../local/servers/fake-time.ts';
import { javaMissing } from '../../local/servers/java.ts';
import { LOCAL_SDK } from '../../local/servers/local-credentials.ts';
import { createMainTable } from '../../local/servers/tables.ts';
import { TIMEOUTS } from '../../src/adapters/aws/clients.ts';
import { DynamoDbStreamSource } from '../../src/adapters/aws/streams/dynamodb-stream-source.ts';
import type { LambdaRecord } from '../../src/adapters/aws/streams/lambda-record.ts';
import { createStreamsClient } from '../../src/adapters/aws/streams/streams-client.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { MemoryShardStates } from '../../src/adapters/memory/memory-shard-states.ts';
import {
  SystemClock,
  SystemMonotonicClock,
  SystemRandom,
  SystemSleeper,
} from '../../src/adapters/system/system.ts';
import { ReadStream } from '../../src/application/read-stream/read-stream.ts';
import type { ReadResult } from '../../src/application/read-stream/reader-status.ts';
import { RecordingLogger } from '../application/doubles.ts';
import { describeUnless } from '../support/describe-unless.ts';
import { range } from '../support/range.ts';

/** The server's clock: a shard rolls every 14 seconds, an iterator lives for 0.9, and a day takes 86. */
const TIMES_AS_FAST = 1_000;
const DAY_MS = 86_400_000 / TIMES_AS_FAST;
/** How many shards there must have been; more: `SHARDS=30 npm run test:rolls`. */
const SHARDS = Number(process.env['SHARDS'] ?? 8);
const BATCH = 20;
const LOOK_MS = 200;

/** By hand, as it takes minutes: `npm run test:rolls`. */
describeUnless(
  javaMissing() ?? fakeTimeMissing(),
  'ReadStream, on DynamoDB Local whose clock runs a thousand times as fast',
  () => {
    let server: DynamoDbLocal;
    let dynamodb: DynamoDBClient;
    let client: ReturnType<typeof createStreamsClient>;

    before(async () => {
      server = await DynamoDbLocal.start({ brief: true, timesAsFast: TIMES_AS_FAST });
      const settings = { ...LOCAL_SDK, endpoint: server.endpoint };
      // By its clock, it closes a connection that has been idle for half a minute: the reader tries again, and who writes needs another each time.
      const requestHandler = { ...TIMEOUTS, httpAgent: new Agent({ keepAlive: false }) };
      dynamodb = new DynamoDBClient({ ...settings, requestHandler, maxAttempts: 20 });
      client = createStreamsClient(new MemoryMetrics(), settings);
    });
    after(async () => {
      for (const each of [dynamodb, client] as ({ destroy(): void } | undefined)[]) each?.destroy();
      await (server as DynamoDbLocal | undefined)?.stop();
    });

    /** A table, and readers of its stream one after the other: what one has noted, the next one goes on from. */
    async function followed(table: string) {
      const source = new DynamoDbStreamSource(client, await createMainTable(dynamodb, table));
      const states = new MemoryShardStates();
      const handled = new Set<number>();
      const logger = new RecordingLogger();
      const until = async (isEnough: () => boolean) => {
        while (!isEnough()) await sleepFor(LOOK_MS);
      };
      return {
        handled,
        logger,
        shards: async () => (await states.load(source.arn)).length,
        write: async (from: number) => {
          for (const n of range(BATCH).map((each) => from + each)) {
            const Item = { PK: { S: `ITEM#${n % 7}` }, SK: { S: 'ITEM' }, n: { N: `${n}` } };
            await dynamodb.send(new PutItemCommand({ TableName: table, Item }));
          }
        },
        isHandled: (from: number) => until(() => range(BATCH).every((each) => handled.has(from + each))),
        read: (owner: string) => {
          const [clock, monotonic] = [new SystemClock(), new SystemMonotonicClock()];
          const [sleeper, random] = [new SystemSleeper(), new SystemRandom()];
          const stop = new AbortController();
          const reader = new ReadStream(
            {
              ...{ source, states, owner, clock, monotonic, sleeper, random, logger },
              handle: async (records) =>
                (records as readonly LambdaRecord[]).map(({ dynamodb: { NewImage } }) => {
                  handled.add(Number((NewImage as { readonly n: { readonly N: string } }).n.N));
                  return 'done';
                }),
            },
            { listMs: 2_000, retryMs: 1_000, refusedMs: 2_000 },
          );
          const ended = reader.run(stop.signal);
          return async (): Promise<ReadResult> => {
            stop.abort();
            return ended;
          };
        },
      };
    }

    it('given shards that roll and iterators that expire, then every change is handled, and there is no gap', async () => {
      const { write, isHandled, handled, shards, read, logger } = await followed('rolled');
      const stop = read('one');
      let writes = 0;
      for (; (await shards()) < SHARDS; writes += BATCH) {
        await write(writes);
        // An iterator is too old after a while without a change, and not during the next.
        await sleepFor((writes * 35) % 2_900);
      }
      await isHandled(writes - BATCH);
      const { unhandled, gaps } = await stop();
      expect({ unhandled, gaps }, JSON.stringify(logger.lines.slice(-20))).to.deep.equal({
        unhandled: 0,
        gaps: [],
      });
      expect([...handled].toSorted((a, b) => a - b)).to.deep.equal(range(writes));
    }).timeout(120_000 + SHARDS * 30_000);

    it('given a reader that is away for more than a day, then what it missed is in gaps, and all else is handled', async () => {
      const { write, isHandled, handled, read, logger } = await followed('left');
      const stop = read('one');
      await write(0);
      await isHandled(0);
      expect((await stop()).gaps).to.deep.equal([]);
      await write(BATCH);
      await sleepFor(DAY_MS * 1.5);
      await write(2 * BATCH);
      const stopAgain = read('two');
      await isHandled(2 * BATCH);
      await write(3 * BATCH);
      await isHandled(3 * BATCH);
      const { unhandled, gaps } = await stopAgain();
      const missed = range(4 * BATCH).filter((n) => !handled.has(n));
      // Otherwise nothing has left the stream, and nothing is shown.
      expect(missed, JSON.stringify(logger.lines.slice(-20))).to.deep.equal(
        range(BATCH).map((n) => BATCH + n),
      );
      expect(unhandled).to.equal(0);
      expect(gaps.map(({ reason }) => reason)).to.include.oneOf(['trimmed', 'vanished']);
    }).timeout(600_000);
  },
);
