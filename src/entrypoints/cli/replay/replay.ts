import { toDelivery } from '../../../adapters/dynamodb-stream/stream-record.ts';
import { readRecorded } from '../../../adapters/recorded/read-recorded.ts';
import { type Delivery, itemOf, type Outcome } from '../../../application/delivery.ts';
import type { BatchResult, ProcessBatch } from '../../../application/process-batch.ts';
import { Fault } from '../../../domain/fault.ts';
import { ReplayFailures } from './failures.ts';

/** A file of recorded changes. */
export interface ReplaySource {
  readonly name: string;
  readonly open: () => AsyncIterable<Uint8Array>;
}

export interface ReplayOptions {
  readonly batchSize: number;
  readonly streamArn?: string | undefined;
  /** Called after each batch with the bytes and records read so far. */
  readonly onProgress?: (bytes: number, records: number) => void;
}

const NO_TALLIES: Omit<BatchResult, 'outcomes'> = {
  search: { upserts: 0, deletes: 0, unchanged: 0, repeated: 0 },
  defaultImages: { created: 0, switched: 0, repaired: 0, removed: 0, kept: 0 },
  matcher: { incremented: 0, decremented: 0, moved: 0, unchanged: 0, stale: 0 },
};

/** What the replay needs of a worker. */
export interface ReplayWorker {
  readonly processBatch: Pick<ProcessBatch, 'execute'>;
  /** Brings what the worker has sent so far into the index. */
  readonly drain: () => void | Promise<void>;
}

export interface ReplayResult {
  readonly records: number;
  readonly batches: number;
  /** A replay has no quarantine: poison fails. */
  readonly outcomes: Record<Exclude<Outcome['status'], 'quarantined'>, number>;
  readonly search: BatchResult['search'];
  readonly defaultImages: BatchResult['defaultImages'];
  readonly matcher: BatchResult['matcher'];
  readonly failures: ReplayFailures;
}

/**
 * Feeds recorded changes through a worker, batch by batch across all sources, in their order.
 *
 * A failed record blocks its item for the rest of the replay, as it would block its shard: the item's later
 * records fail too, so that the outcome does not depend on where batches end. Everything else goes on.
 * Memory grows with what the worker keeps and with what fails, not with the length of the sources.
 */
export async function replay(
  sources: readonly ReplaySource[],
  { batchSize, streamArn, onProgress }: ReplayOptions,
  { processBatch, drain }: ReplayWorker,
): Promise<ReplayResult> {
  const failures = new ReplayFailures();
  const blockedItems = new Set<string>();
  const totals = { records: 0, batches: 0, bytes: 0 };
  const outcomes = { applied: 0, ignored: 0, duplicate: 0, failed: 0 };
  let tallies = NO_TALLIES;
  let batch: { raw: unknown; delivery: Delivery }[] = [];

  const flush = async () => {
    const deliveries = batch.map(({ delivery }) => holdBack(delivery, blockedItems));
    const result = await processBatch.execute(deliveries);
    await drain();
    for (const [index, outcome] of result.outcomes.entries()) {
      outcomes[outcome.status === 'quarantined' ? 'failed' : outcome.status]++;
      const { raw, delivery } = batch[index] ?? {};
      if (outcome.status !== 'failed' || delivery === undefined) continue;
      failures.addRecord(delivery.record, raw, outcome.fault.message);
      const item = itemOf(delivery);
      if (item !== undefined) blockedItems.add(item);
    }
    tallies = {
      search: sum(tallies.search, result.search),
      defaultImages: sum(tallies.defaultImages, result.defaultImages),
      matcher: sum(tallies.matcher, result.matcher),
    };
    totals.records += batch.length;
    totals.batches++;
    batch = [];
    onProgress?.(totals.bytes, totals.records);
  };

  for (const { name, open } of sources) {
    const counted = countBytes(open(), (bytes) => (totals.bytes += bytes));
    for await (const found of readRecorded(name, counted))
      for (const recorded of found) {
        if (recorded.kind === 'problem') {
          failures.addProblem(recorded.place, recorded.message);
          continue;
        }
        const { record: raw, place } = recorded;
        batch.push({
          raw,
          delivery: toDelivery(raw, { place, ...(streamArn === undefined ? {} : { streamArn }) }),
        });
        if (batch.length >= batchSize) await flush();
      }
  }
  if (batch.length > 0) await flush();
  return { records: totals.records, batches: totals.batches, outcomes, ...tallies, failures };
}

function holdBack(delivery: Delivery, blockedItems: ReadonlySet<string>): Delivery {
  const item = itemOf(delivery);
  if (item === undefined || !blockedItems.has(item)) return delivery;
  const fault = new Fault('transient', 'held back: an earlier change of the same item failed');
  const { record, at, raw } = delivery;
  return { record, at, raw, kind: 'undecodable', fault, item };
}

function sum<T extends Readonly<Record<string, number>>>(a: T, b: T): T {
  return Object.fromEntries(Object.entries(b).map(([name, count]) => [name, count + (a[name] ?? 0)])) as T;
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
