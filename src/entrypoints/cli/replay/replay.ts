import { readRecorded } from '../../../adapters/recorded/read-recorded.ts';
import { type Delivery, itemOf, type Outcome, type RecordSummary } from '../../../application/delivery.ts';
import type { ProcessBatch } from '../../../application/process-batch.ts';
import { Beside } from '../../../application/beside.ts';
import { heldBack, sequenceNumberReused } from '../../../application/record-state.ts';
import { NO_TALLIES, sumOfTallies, type Tallies } from '../../../application/tallies.ts';
import { ReplayFailures } from './failures.ts';
import { type Place, Places } from './places.ts';
import { RecentRecords } from './recent-records.ts';
import type { RecordedStreams } from './streams.ts';

/** A file of recorded changes. */
export interface ReplaySource {
  readonly name: string;
  readonly open: () => AsyncIterable<Uint8Array>;
}

export interface ReplayOptions {
  readonly batchSize: number;
  /** Called after each batch with the bytes and records read so far. */
  readonly onProgress?: (bytes: number, records: number) => void;
}

/** What the replay needs of a worker. */
export interface ReplayWorker {
  /** What tells of which stream, and so how new, a record is. */
  readonly streams: Pick<RecordedStreams, 'read'>;
  readonly processBatch: Pick<ProcessBatch, 'execute'>;
  /** Brings what the worker has sent so far into the index. */
  readonly drain: () => unknown;
}

export interface ReplayResult extends Tallies {
  readonly records: number;
  readonly batches: number;
  /** A replay has no quarantine, and parks nothing: poison fails. */
  readonly outcomes: Record<Exclude<Outcome['status'], 'quarantined' | 'parked'>, number>;
  readonly failures: ReplayFailures;
}

/** A record that waits for its batch to be full. */
interface Waiting {
  readonly place: Place;
  readonly delivery: Delivery;
}

/**
 * Feeds recorded changes through a worker, batch by batch across all sources, in their order.
 *
 * A failed record blocks its item for the rest of the replay, as it would block its shard: the item's later
 * records fail too. Of a change that was met among the last 10,000 records, a repeat is a duplicate, and another
 * record with its number fails. So the outcomes do not depend on where batches end. Everything else goes on.
 * While a batch is handled, the next one is read, and what the one before has sent is brought into the index.
 * Memory grows with what the worker keeps and with what fails, not with the length of the sources.
 */
export async function replay(
  sources: readonly ReplaySource[],
  { batchSize, onProgress }: ReplayOptions,
  { streams, processBatch, drain }: ReplayWorker,
): Promise<ReplayResult> {
  const failures = new ReplayFailures();
  const places = new Places();
  const recent = new RecentRecords();
  /** By item, its first record that failed. */
  const blocked = new Map<string, RecordSummary>();
  const totals = { records: 0, batches: 0, bytes: 0 };
  const outcomes = { applied: 0, ignored: 0, duplicate: 0, failed: 0 };
  let tallies = NO_TALLIES;
  let batch: Waiting[] = [];
  const handling = new Beside();
  const draining = new Beside();

  const handle = async (batch: readonly Waiting[]) => {
    const foreseen = foresee(batch, blocked, recent);
    const handled = batch.filter((_, index) => foreseen[index] === undefined);
    const result = await processBatch.execute(handled.map(({ delivery }) => delivery));
    await draining.begin(drain);
    const results = result.outcomes.values();
    for (const [index, { place, delivery }] of batch.entries()) {
      const item = itemOf(delivery);
      const behind = item === undefined ? undefined : blocked.get(item);
      const own = foreseen[index] ?? results.next().value;
      const outcome = behind === undefined ? own : heldBack(behind);
      if (outcome === undefined) throw new Error('the worker gave fewer outcomes than it got records');
      outcomes[outcome.status === 'quarantined' || outcome.status === 'parked' ? 'failed' : outcome.status]++;
      if (outcome.status !== 'failed') continue;
      failures.addRecord(place, delivery.record, delivery.raw, outcome.fault.message);
      if (item !== undefined && behind === undefined) blocked.set(item, delivery.record);
    }
    tallies = sumOfTallies(tallies, result);
    totals.records += batch.length;
    totals.batches++;
    onProgress?.(totals.bytes, totals.records);
  };

  const flush = async () => {
    const full = batch;
    batch = [];
    await handling.begin(() => handle(full));
  };

  try {
    await read();
    if (batch.length > 0) await flush();
    await handling.ended();
    await draining.ended();
  } finally {
    // Nothing goes on behind whoever is told of a failure.
    await Promise.allSettled([handling.ended(), draining.ended()]);
  }
  return { records: totals.records, batches: totals.batches, outcomes, ...tallies, failures };

  async function read(): Promise<void> {
    for (const { name, open } of sources) {
      places.beginFile();
      const counted = countBytes(open(), (bytes) => (totals.bytes += bytes));
      for await (const found of readRecorded(name, counted))
        for (const recorded of found) {
          if (recorded.kind === 'problem') {
            failures.addProblem(places.ofProblem(recorded.place), recorded.message);
            continue;
          }
          const { record: raw, place } = recorded;
          batch.push({
            place: places.ofRecord(place),
            delivery: await streams.read(raw, place),
          });
          if (batch.length >= batchSize) await flush();
        }
    }
  }
}

/**
 * What becomes of records because of those in earlier batches; undefined for all that the worker must decide on, which
 * compares the records of one batch by itself.
 */
function foresee(
  batch: readonly Waiting[],
  blocked: ReadonlyMap<string, RecordSummary>,
  recent: RecentRecords,
): (Outcome | undefined)[] {
  const start = recent.count;
  const failing = new Map(blocked);
  return batch.map(({ delivery }) => {
    const earlier = recent.add(delivery);
    const item = itemOf(delivery);
    const behind = item === undefined ? undefined : failing.get(item);
    if (behind !== undefined) return heldBack(behind);
    if (delivery.kind !== 'change' || earlier === undefined || earlier.at >= start) return undefined;
    if (earlier.same) return { status: 'duplicate' };
    failing.set(delivery.change.item, delivery.record);
    return { status: 'failed', fault: sequenceNumberReused(delivery.change), heldBack: false };
  });
}

async function* countBytes(
  chunks: AsyncIterable<Uint8Array>,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    count(chunk.byteLength);
    yield chunk;
  }
}
