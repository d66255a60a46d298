import type { SourceRecord } from '../../src/application/ports/stream-source.ts';
import { sourceRecordsOf } from '../../src/adapters/aws/streams/source-record.ts';
import { MemoryShardStates } from '../../src/adapters/memory/memory-shard-states.ts';
import type { HandleRecords } from '../../src/application/read-stream/handle-records.ts';
import { ModelledShards } from '../model/modelled-shards.ts';
import { VirtualTime } from '../model/virtual-time.ts';
import { contrailReader } from '../workers/reader/contrail.ts';
import type { ReaderMemory } from './reader.ts';

const SECOND = 1_000;
/** How long a batch takes: far longer than reading it. */
const BATCH_MS = 2_000;
/** Looked at so often while shards are busy, and in these steps. */
const LOOKS = 2;
const LOOK_MS = 5 * SECOND;
/** Until each shard has been asked for records often enough to be asked rarely. */
const IDLE_MS = 60 * SECOND;
/** As V8 lets go of some things only after several. */
const COLLECTIONS = 3;
const NEVER = new AbortController().signal;
const collect = (globalThis as unknown as { gc: () => void }).gc;

/** Of a stream of so many shards, with the defaults: first without a record, then with more of each than can be handled. */
export async function measureReaderMemory(shards: number, pageSize: number): Promise<ReaderMemory> {
  const time = new VirtualTime();
  const source = new ModelledShards(shards, time.sleeper);
  const stop = new AbortController();
  const handle: HandleRecords = async (records) => {
    await time.sleeper.sleep(BATCH_MS, NEVER);
    return records.map(() => 'done' as const);
  };
  const before = reachable();
  const reading = contrailReader(source, new MemoryShardStates(), handle, stop.signal, { time, pageSize });
  await time.pass(IDLE_MS);
  const idle = reachable() - before;
  source.recordOf = recordOf;
  let busy = 0;
  for (let n = 0; n < LOOKS; n++) {
    await time.pass(LOOK_MS);
    busy = Math.max(busy, reachable() - before);
  }
  stop.abort();
  await time.until(reading);
  return { shards, idle, busy };
}

/** As it is read from JSON: a kilobyte, as DynamoDB counts its size. */
function recordOf(shard: string, n: number): SourceRecord {
  const sequence = String(n + 1).padStart(21, '0');
  const pk = `AIRCRAFT#${shard}#${n % 1_000}`;
  const image = { pk: { S: pk }, sk: { S: 'AIRCRAFT' }, n: { N: String(n) }, text: { S: 'x'.repeat(380) } };
  const json = JSON.stringify({
    ...{ eventID: sequence, eventName: 'MODIFY', eventVersion: '1.1', eventSource: 'aws:dynamodb' },
    dynamodb: {
      ...{ ApproximateCreationDateTime: 1_767_600_000, Keys: { pk: image.pk, sk: image.sk } },
      ...{ NewImage: image, OldImage: image, SequenceNumber: sequence, SizeBytes: 1_024 },
    },
  });
  const [record] = sourceRecordsOf([JSON.parse(json)], json.length, 'arn');
  if (record === undefined) throw new Error('a record was lost');
  return record;
}

function reachable(): number {
  for (let n = 0; n < COLLECTIONS; n++) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
