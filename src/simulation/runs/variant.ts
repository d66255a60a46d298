import type { MatcherRepository } from '../../application/ports/matcher-repository.ts';
import type { ImageRepository } from '../../application/ports/image-repository.ts';
import type { SearchQueue } from '../../application/ports/search-queue.ts';
import type { AcceptedActions } from '../../application/accepted-actions.ts';
import type { Delivery, Outcome } from '../../application/delivery.ts';
import type { MemoryDerivedRowRepository } from '../../adapters/memory/memory-derived-row-repository.ts';
import type { MemoryEffectLog } from '../../adapters/memory/memory-effect-log.ts';
import { DeriveRows } from '../../application/derive-rows.ts';
import type { DerivedRowRepository } from '../../application/ports/derived-row-repository.ts';
import { RunEffects, type RunEffectsDependencies } from '../../application/run-effects.ts';
import { FollowedTables } from '../../application/followed-tables.ts';
import { type BatchDependencies, ProcessBatch } from '../../application/process-batch.ts';
import { type IndexDependencies, IndexDocuments } from '../../application/index-documents.ts';
import type { SearchFences } from '../../application/ports/search-fences.ts';
import { ReconcileDefaultImage } from '../../application/reconcile-default-image.ts';
import { Retrier } from '../../application/retry.ts';
import { SyncSearchDocument } from '../../application/sync-search-document.ts';
import { UpdateMatcherTuple } from '../../application/update-matcher-tuple.ts';
import type { MemoryMatcherRepository } from '../../adapters/memory/memory-matcher-repository.ts';
import { MemorySearchEngine } from '../../adapters/memory/memory-search-engine.ts';
import type { MemoryTable } from '../../adapters/memory/memory-table.ts';
import { type BatchResponse, handleEvent } from '../../entrypoints/lambda/handle-event.ts';
import { FAITHFUL_READER, type ReaderParts } from '../reader/reader-parts.ts';
import type { CommandPorts } from '../commands/command-ports.ts';
import type { CommandName } from '../commands/command-settings.ts';
import type { ConsumerPorts } from '../world/consumer-ports.ts';
import type { Ports } from '../world/ports.ts';
import type { World } from '../world/world.ts';
import { ForgetfulLog, ForgetfulRows } from '../faults/forgetful-states.ts';
import { ForgetfulFences, ForgetfulMatcher } from '../faults/forgetful-stores.ts';
import { CONSISTENT, type Reads } from '../faults/requests.ts';

/**
 * The parts of the worker that a world can have another of: to see that a mistake there is found. Made anew for
 * every run; state that it keeps is shared by all of the run's workers.
 */
export interface Variant {
  /** What the mapping of records makes of a batch. */
  deliveries(deliveries: readonly Delivery[]): readonly Delivery[];
  /** How one worker learns which table is of which generation. */
  tables(...parts: ConstructorParameters<typeof FollowedTables>): Pick<FollowedTables, 'generationsOf'>;
  /** Tries the effects of one worker. */
  retrier(...parts: ConstructorParameters<typeof Retrier>): Retrier;
  search(queue: SearchQueue, retrier: Retrier, accepted: AcceptedActions): SyncSearchDocument;
  defaultImages(images: ImageRepository, retrier: Retrier): ReconcileDefaultImage;
  matcher(matcher: MatcherRepository, retrier: Retrier): UpdateMatcherTuple;
  derivedRows(rows: DerivedRowRepository, retrier: Retrier): DeriveRows;
  effects(deps: RunEffectsDependencies): RunEffects;
  processBatch(deps: BatchDependencies): Pick<ProcessBatch, 'execute'>;
  /** How the reader of one process is composed; made anew for each. */
  reader(): Partial<ReaderParts>;
  /** The whole handler. */
  readonly handle: typeof handleEvent;
  /** What the handler answers. */
  respond(
    response: BatchResponse,
    deliveries: readonly Delivery[],
    outcomes: readonly Outcome[],
  ): BatchResponse;
  /** The ports as one worker has them, before a call goes out. */
  ports(ports: Ports): Ports;
  /** The stores themselves, where calls take effect, whoever makes them. */
  stores(stores: Ports, table: MemoryTable): Ports;
  /** Which of the worker's reads are consistent, where a call is several requests. */
  readonly reads: Reads;
  /** Where tuples are counted; `now` in virtual milliseconds. */
  counts(now: () => number): MemoryMatcherRepository;
  /** Where derived rows are. */
  derived(now: () => number): MemoryDerivedRowRepository;
  /** Where it is noted up to which changes effects have run. */
  log(now: () => number): MemoryEffectLog;
  /** The search engine behind the queue. */
  engine(): MemorySearchEngine;
  /** Where it is noted up to which changes the engine has its documents. */
  fences(now: () => number): SearchFences;
  /** The ports as one consumer of the queue has them. */
  consumer(ports: ConsumerPorts): ConsumerPorts;
  /** The ports as one process of a command has them. */
  commands(ports: CommandPorts, command: CommandName, world: World): CommandPorts;
  /** What one consumer makes of a batch. */
  indexDocuments(deps: IndexDependencies): Pick<IndexDocuments, 'execute'>;
}

/** The worker as it is. */
export const FAITHFUL: Variant = {
  deliveries: (deliveries) => deliveries,
  tables: (...parts) => new FollowedTables(...parts),
  retrier: (...parts) => new Retrier(...parts),
  search: (queue, retrier, accepted) => new SyncSearchDocument(queue, retrier, accepted),
  defaultImages: (images, retrier) => new ReconcileDefaultImage(images, retrier),
  matcher: (matcher, retrier) => new UpdateMatcherTuple(matcher, retrier),
  derivedRows: (rows, retrier) => new DeriveRows(rows, retrier),
  effects: (deps) => new RunEffects(deps),
  processBatch: (deps) => new ProcessBatch(deps),
  reader: () => FAITHFUL_READER,
  handle: handleEvent,
  respond: (response) => response,
  ports: (ports) => ports,
  stores: (stores) => stores,
  reads: CONSISTENT,
  counts: (now) => new ForgetfulMatcher(now),
  derived: (now) => new ForgetfulRows(now),
  log: (now) => new ForgetfulLog(now),
  engine: () => new MemorySearchEngine(),
  fences: (now) => new ForgetfulFences(now),
  consumer: (ports) => ports,
  commands: (ports) => ports,
  indexDocuments: (deps) => new IndexDocuments(deps),
};

/** A mistake that the simulation must find. A file of this folder's `mutants` exports one, as `mutant`. */
export interface Mutant {
  /** Whose mistake it is, and what goes wrong. */
  readonly mistake: string;
  /** What worlds it shows in are about, by name; the fleet unless given. */
  readonly of?: string;
  /** Who must read the stream for it to show; each seed decides, unless given. */
  readonly read?: 'lambda' | 'processes';
  /** Whether it shows only in worlds in which an operator's commands run. */
  readonly commands?: true;
  readonly variant: () => Partial<Variant>;
}
