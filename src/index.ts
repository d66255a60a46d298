/* What `import … from 'contrail'` gives. It loads no AWS SDK, so that a definition costs little wherever it is read. */

export { counts } from './domain/definition/counts.ts';
export { defineTable } from './domain/definition/define-table.ts';
export { documents } from './domain/definition/documents.ts';
export { effect, skip } from './domain/definition/effect.ts';
export { pointer } from './domain/definition/pointer.ts';
export { row } from './domain/definition/row.ts';
export { rows } from './domain/definition/rows.ts';
export type { Counts, CountsSpec } from './domain/definition/counts.ts';
export type { Derivation, TableDefinition, TableSpec } from './domain/definition/define-table.ts';
export type { DocumentOf, Documents, DocumentsSpec, FieldsOf } from './domain/definition/documents.ts';
export type {
  Backoff,
  BatchContext,
  Effect,
  EffectChange,
  EffectContext,
  EffectSpec,
  Skipped,
} from './domain/definition/effect.ts';
export type { PartRule } from './domain/definition/overlap.ts';
export type { Pointer, PointerRowOf, PointerSpec } from './domain/definition/pointer.ts';
export type {
  AnyAttributes,
  KeyTemplates,
  Parts,
  RowKind,
  RowOf,
  RowOptions,
} from './domain/definition/row.ts';
export type {
  ChangesOf,
  InsertedRow,
  ModifiedRow,
  RawChange,
  ReadChange,
  RemovedRow,
} from './domain/definition/row-change.ts';
export type { ChangeOf, DerivedRowOf, Rows, RowsSpec } from './domain/definition/rows.ts';
export type { SchemaIssue, SchemaResult, StandardSchema } from './domain/definition/standard-schema.ts';

export { createHandler } from './entrypoints/library/create-handler.ts';
export { createIndexHandler } from './entrypoints/library/create-index-handler.ts';
export { createReader } from './entrypoints/library/create-reader.ts';
export type { Changes } from './entrypoints/library/changes.ts';
export type { Reader, ReaderEvents, ReadingStatus } from './entrypoints/library/reader.ts';
export type {
  KeptIn,
  ReaderClients,
  ReaderOptions,
  ReadFrom,
  ReadOptions,
  UnreadableRecord,
} from './entrypoints/library/reader-options.ts';
export type { Acknowledgement, Attempt } from './application/read-changes/hand-over.ts';
export type { StreamShards } from './application/read-changes/told-shard-states.ts';
export type { ReaderStatus, ReadResult, ShardStatus } from './application/read-stream/reader-status.ts';
export type { LambdaHandler } from './entrypoints/library/create-handler.ts';
export type { InvocationContext } from './entrypoints/invocation.ts';
export type { HandlerOptions } from './entrypoints/lambda/environment-handler.ts';
export type { BatchResponse } from './entrypoints/lambda/handle-event.ts';
export { createMemoryWorker } from './entrypoints/memory-worker.ts';
export type { MemoryWorker, MemoryWorkerOptions } from './entrypoints/memory-worker.ts';
export type { Poison } from './entrypoints/settings.ts';

export { Decimal } from './domain/decimal.ts';
export { Fault } from './domain/fault.ts';
export type { FaultKind, FaultOptions } from './domain/fault.ts';

/* The ports, for adapters of one's own, and what they speak of. */
export type { PoisonFound, PoisonListener } from './application/poison-listener.ts';
export { Clock } from './application/ports/clock.ts';
export { DerivedRowRepository } from './application/ports/derived-row-repository.ts';
export type { StoredDerivedRow, StrayRow } from './application/ports/derived-row-repository.ts';
export { DerivedState } from './application/ports/derived-state.ts';
export type { CountFound, DerivedRowFound, PointerFound } from './application/ports/derived-state.ts';
export { EffectLog } from './application/ports/effect-log.ts';
export { ImageRepository } from './application/ports/image-repository.ts';
export type { EntityView, PointerWrite } from './application/ports/image-repository.ts';
export { Logger } from './application/ports/logger.ts';
export type { LogFields, LogLevel } from './application/ports/logger.ts';
export { MatcherRepository } from './application/ports/matcher-repository.ts';
export { MonotonicClock } from './application/ports/monotonic-clock.ts';
export { Metrics } from './application/ports/metrics.ts';
export type { EffectHeading, MetricName } from './application/ports/metrics.ts';
export { Quarantine } from './application/ports/quarantine.ts';
export type { PoisonRecord } from './application/ports/quarantine.ts';
export { Random } from './application/ports/random.ts';
export { SearchActionSource } from './application/ports/search-action-source.ts';
export type {
  ReceivedAction,
  ReceiveOptions,
  RefusedAction,
} from './application/ports/search-action-source.ts';
export { SearchFences } from './application/ports/search-fences.ts';
export { SearchIndex } from './application/ports/search-index.ts';
export type { CollectionWrite, DocumentWrite, IndexedDocument } from './application/ports/search-index.ts';
export { SearchQueue } from './application/ports/search-queue.ts';
export { PartlyWritten } from './application/ports/partly-written.ts';
export { ShardStates } from './application/ports/shard-states.ts';
export type { Advance, Claim } from './application/ports/shard-states.ts';
export { Sleeper } from './application/ports/sleeper.ts';
export { SourceRows } from './application/ports/source-rows.ts';
export { StreamSource } from './application/ports/stream-source.ts';
export type {
  ListShards,
  ShardListing,
  SourcePage,
  SourceRecord as StreamSourceRecord,
} from './application/ports/stream-source.ts';
export { TableGenerations } from './application/ports/table-generations.ts';
export type { Adoption, AdoptionOptions, Following } from './application/ports/table-generations.ts';
export { TableReplica } from './application/ports/table-replica.ts';
export type { RecordSummary } from './application/delivery.ts';
export type { Done, Result } from './application/result.ts';
export type { RetryPolicy } from './application/retry.ts';
export type { Change, SourceRecord } from './domain/change.ts';
export type { CountModel, Tuple } from './domain/count.ts';
export type { CountCorrection, CountSays } from './domain/count-correction.ts';
export type { CountedRow, CountMove, CountState } from './domain/count-move.ts';
export type { EffectModel, EffectMove, EffectRow, EffectState } from './domain/effect.ts';
export type {
  DerivedKey,
  DerivedRow,
  RowsModel,
  RowsMove,
  RowsState,
  SourceRow,
} from './domain/derived-rows.ts';
export type { Entity, EntityRows, Member, PointerModel } from './domain/pointer.ts';
export type { KeyType, KeyValue } from './domain/key-value.ts';
export type { ItemKey, Row } from './domain/row.ts';
export type { Gap, Lease, Shard, ShardPosition, ShardState, StreamGap } from './domain/shard.ts';
export type { SearchAction } from './domain/search-action.ts';
export type { SearchFence, SearchFenceMove } from './domain/search-fence.ts';
export type { FieldDeclaration } from './domain/definition/field-types.ts';
export type { FieldType, SearchField } from './domain/search-schema.ts';
export type { DocumentFields, DocumentKey, DocumentModel } from './domain/search-document.ts';
export type { KeySchema, RowModel, TableModel } from './domain/table-model.ts';
export { ValueSet } from './domain/value.ts';
export type { Attributes, Value } from './domain/value.ts';
export type { Version } from './domain/version.ts';
