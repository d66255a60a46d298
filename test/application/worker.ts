import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import type { AcceptedActions } from '../../src/application/accepted-actions.ts';
import type { Outcome } from '../../src/application/delivery.ts';
import { DEFAULT_MAX_SHARE } from '../../src/application/poison-breaker.ts';
import type { Clock } from '../../src/application/ports/clock.ts';
import type { ImageRepository } from '../../src/application/ports/image-repository.ts';
import type { Logger } from '../../src/application/ports/logger.ts';
import type { MatcherRepository } from '../../src/application/ports/matcher-repository.ts';
import type { Quarantine } from '../../src/application/ports/quarantine.ts';
import type { SearchQueue } from '../../src/application/ports/search-queue.ts';
import type { TableReplica } from '../../src/application/ports/table-replica.ts';
import { ProcessBatch } from '../../src/application/process-batch.ts';
import type { QuarantinedRecords } from '../../src/application/quarantined-records.ts';
import { ReconcileDefaultImage } from '../../src/application/reconcile-default-image.ts';
import type { RetryPolicy } from '../../src/application/retry.ts';
import { SyncSearchDocument } from '../../src/application/sync-search-document.ts';
import { UpdateMatcherTuple } from '../../src/application/update-matcher-tuple.ts';
import { memoryBackend } from '../adapters/memory/memory-harness.ts';
import { comparableFields, indexedFields } from '../support/comparable.ts';
import { collect } from '../support/collect.ts';
import type { StreamRecord } from '../support/stream-records.ts';
import { aRetrier, RecordingLogger, SteppingClock } from './doubles.ts';

export interface WorkerParts {
  readonly backend?: ReturnType<typeof memoryBackend>;
  readonly queue?: SearchQueue;
  readonly accepted?: AcceptedActions;
  readonly images?: ImageRepository;
  readonly matcher?: MatcherRepository;
  /** `none` where the backend is the table itself. */
  readonly replica?: TableReplica | 'none' | undefined;
  readonly quarantine?: Quarantine | undefined;
  readonly quarantineMaxShare?: number;
  /** 2 unless given: batches of tests are small. */
  readonly fewestSuspects?: number;
  readonly quarantined?: QuarantinedRecords;
  readonly retries?: Partial<RetryPolicy>;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** A worker on the memory backend, with those of its parts replaced that are given. */
export function aWorker(parts: WorkerParts = {}) {
  const backend = parts.backend ?? memoryBackend();
  const metrics = new MemoryMetrics();
  const retrier = aRetrier(parts.retries, metrics);
  const processBatch = new ProcessBatch({
    search: new SyncSearchDocument(parts.queue ?? backend.queue, retrier, parts.accepted),
    defaultImages: new ReconcileDefaultImage(parts.images ?? backend.images, retrier),
    matcher: new UpdateMatcherTuple(parts.matcher ?? backend.matcher, retrier),
    replica: parts.replica === 'none' ? undefined : (parts.replica ?? backend.table),
    quarantine: parts.quarantine,
    quarantineMaxShare: parts.quarantineMaxShare ?? DEFAULT_MAX_SHARE,
    fewestSuspects: parts.fewestSuspects ?? 2,
    ...(parts.quarantined === undefined ? {} : { quarantined: parts.quarantined }),
    retrier,
    metrics,
    clock: parts.clock ?? new SteppingClock(),
    logger: parts.logger ?? new RecordingLogger(),
  });
  return {
    backend,
    processBatch,
    metrics,
    handle: (...records: unknown[]) => processBatch.execute(records.map((record) => toDelivery(record))),
    /** Handles records that have names, and gives the outcome of each by its name, in words. */
    handleNamed: async (records: Readonly<Record<string, unknown>>) => {
      const names = Object.keys(records);
      const deliveries = Object.values(records).map((record) => toDelivery(record));
      const { outcomes, ...tallies } = await processBatch.execute(deliveries);
      const words = outcomes.map((outcome, n): [string, string] => [names[n]!, inWords(outcome)]);
      return { outcomes: Object.fromEntries(words), ...tallies };
    },
  };
}

/** An outcome's status; of one that failed, the fault. */
function inWords(outcome: Outcome): string {
  return outcome.status === 'failed' ? `${outcome.fault.kind}: ${outcome.fault.message}` : outcome.status;
}

/** Outcomes in short: `failed`, or `held back`, or the status. */
export function inShort(outcomes: readonly Outcome[]): string[] {
  return outcomes.map((outcome) =>
    outcome.status === 'failed' && outcome.heldBack ? 'held back' : outcome.status,
  );
}

/** The record, such that nothing can be decoded of its row's model. */
export function spoiled(record: StreamRecord, model = 'no number'): StreamRecord {
  Object.assign(record.dynamodb['NewImage'] as object, { model: { N: model } });
  return record;
}

/** All that is derived, in comparable form, once the index has drained the queue. */
export async function derivedBy({ index, queue, state }: ReturnType<typeof memoryBackend>) {
  index.apply(queue.drain());
  const documents = await collect(state.documents());
  const counts = await collect(state.tupleCounts());
  const defaults = await collect(state.defaultImages());
  return {
    documents: sorted(documents.map(({ key, fields }) => [key.collection, key.id, indexedFields(fields)])),
    counts: sorted(
      counts.map(({ tuple, count }) => [tuple.manufacturer, tuple.model, tuple.typeDesignator, count]),
    ),
    defaults: sorted(
      defaults.map(({ entity, image }) => [
        entity.orgId,
        entity.entityType,
        entity.entityId,
        image.imageId,
        comparableFields(image.attributes),
      ]),
    ),
  };
}

function sorted<T>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
