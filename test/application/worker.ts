import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import type { AcceptedActions } from '../../src/application/accepted-actions.ts';
import type { Outcome } from '../../src/application/delivery.ts';
import { DEFAULT_MAX_SHARE } from '../../src/application/poison-breaker.ts';
import type { PoisonListener } from '../../src/application/poison-listener.ts';
import type { Clock } from '../../src/application/ports/clock.ts';
import type { ImageRepository } from '../../src/application/ports/image-repository.ts';
import type { Logger } from '../../src/application/ports/logger.ts';
import type { MatcherRepository } from '../../src/application/ports/matcher-repository.ts';
import type { ParkedItems } from '../../src/application/ports/parked-items.ts';
import { ParkItems } from '../../src/application/park/park-items.ts';
import type { Quarantine } from '../../src/application/ports/quarantine.ts';
import type { SearchQueue } from '../../src/application/ports/search-queue.ts';
import type { TableReplica } from '../../src/application/ports/table-replica.ts';
import { ProcessBatch } from '../../src/application/process-batch.ts';
import type { QuarantinedRecords } from '../../src/application/quarantined-records.ts';
import { ReconcileDefaultImage } from '../../src/application/reconcile-default-image.ts';
import type { RetryPolicy } from '../../src/application/retry.ts';
import { SyncSearchDocument } from '../../src/application/sync-search-document.ts';
import { DeriveRows } from '../../src/application/derive-rows.ts';
import type { DerivedRowRepository } from '../../src/application/ports/derived-row-repository.ts';
import type { EffectLog } from '../../src/application/ports/effect-log.ts';
import { RunEffects } from '../../src/application/run-effects.ts';
import { UpdateMatcherTuple } from '../../src/application/update-matcher-tuple.ts';
import { tupleNames } from '../../src/domain/count.ts';
import type { TableDefinition } from '../../src/domain/definition/define-table.ts';
import { memoryBackend } from '../adapters/memory/memory-harness.ts';
import { comparableFields, indexedFields } from '../support/comparable.ts';
import { collect } from '../support/collect.ts';
import type { StreamRecord } from '../support/stream-records.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { PatientSleeper, aRetrier, RecordingLogger, SteppingClock } from './doubles.ts';

export interface WorkerParts {
  /** What is derived; the fleet's unless given. */
  readonly definition?: TableDefinition;
  readonly backend?: ReturnType<typeof memoryBackend>;
  readonly queue?: SearchQueue;
  readonly accepted?: AcceptedActions;
  readonly images?: ImageRepository;
  readonly matcher?: MatcherRepository;
  /** `none` where the backend is the table itself. */
  readonly replica?: TableReplica | 'none' | undefined;
  readonly quarantine?: Quarantine | undefined;
  /** Where items are parked; nowhere unless given. */
  readonly parked?: ParkedItems;
  readonly parkAfter?: number;
  /** By what, unless by the use case on those. */
  readonly parking?: ParkItems;
  readonly quarantineMaxShare?: number;
  /** 2 unless given: batches of tests are small. */
  readonly fewestSuspects?: number;
  readonly quarantined?: QuarantinedRecords;
  readonly derivedRows?: DerivedRowRepository;
  readonly effects?: EffectLog;
  readonly retries?: Partial<RetryPolicy>;
  readonly onPoison?: PoisonListener;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** A worker on the memory backend, with those of its parts replaced that are given. */
export function aWorker(parts: WorkerParts = {}) {
  const { model } = parts.definition ?? fleet;
  const backend = parts.backend ?? memoryBackend();
  const metrics = new MemoryMetrics();
  const retrier = aRetrier(parts.retries, metrics);
  const logger = parts.logger ?? new RecordingLogger();
  const clock = parts.clock ?? new SteppingClock();
  const processBatch = new ProcessBatch({
    search: new SyncSearchDocument(parts.queue ?? backend.queue, retrier, parts.accepted),
    defaultImages: new ReconcileDefaultImage(parts.images ?? backend.images, retrier),
    matcher: new UpdateMatcherTuple(parts.matcher ?? backend.matcher, retrier),
    derivedRows: new DeriveRows(parts.derivedRows ?? backend.derivedRows, retrier),
    effects: new RunEffects({
      log: parts.effects ?? backend.effects,
      retrier,
      retrierOf: (own) => aRetrier({ ...parts.retries, ...own }, metrics),
      sleeper: new PatientSleeper(),
      clock,
      metrics,
      logger,
    }),
    replica: parts.replica === 'none' ? undefined : (parts.replica ?? backend.table),
    quarantine: parts.quarantine,
    parking: parts.parking ?? (parts.parked && new ParkItems(parts.parked, retrier)),
    parkAfter: parts.parkAfter,
    quarantineMaxShare: parts.quarantineMaxShare ?? DEFAULT_MAX_SHARE,
    fewestSuspects: parts.fewestSuspects ?? 2,
    onPoison: parts.onPoison,
    ...(parts.quarantined === undefined ? {} : { quarantined: parts.quarantined }),
    retrier,
    metrics,
    clock,
    logger,
  });
  return {
    backend,
    processBatch,
    metrics,
    handle: (...records: unknown[]) =>
      processBatch.execute(records.map((record) => toDelivery(record, model))),
    /** Handles records that have names, and gives the outcome of each by its name, in words. */
    handleNamed: async (records: Readonly<Record<string, unknown>>) => {
      const names = Object.keys(records);
      const deliveries = Object.values(records).map((record) => toDelivery(record, model));
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
  const counts = await collect(state.counts());
  const defaults = await collect(state.pointers());
  return {
    documents: sorted(documents.map(({ key, fields }) => [key.collection, key.id, indexedFields(fields)])),
    counts: sorted(
      counts.map(({ model, tuple, count }) => [
        ...tupleNames(model).map((name) => tuple[name]),
        Number(count.text),
      ]),
    ),
    defaults: sorted(
      defaults.map(({ entity, member }) => [
        ...entity.parts,
        ...entity.model.sort.names.map((name) => member.attributes[name]),
        comparableFields(member.attributes),
      ]),
    ),
  };
}

function sorted<T>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
