/* What `import … from 'contrail/adapters'` gives: the parts of a worker, for those who swap one. It loads the AWS SDK. */

// The very one that the worker's own modules are made by.
export { ContainerModule } from 'inversify';
export { createDynamoDbClient, createSqsClient, documentClientOf } from './adapters/aws/clients.ts';
export { ElectroDbEffectLog } from './adapters/aws/electrodb/effects/electrodb-effect-log.ts';
export { DynamoDbTableGenerations } from './adapters/aws/electrodb/generations/dynamodb-table-generations.ts';
export { ElectroDbImageRepository } from './adapters/aws/electrodb/images/electrodb-image-repository.ts';
export { ElectroDbMatcherRepository } from './adapters/aws/electrodb/matcher/electrodb-matcher-repository.ts';
export { ElectroDbDerivedRowRepository } from './adapters/aws/electrodb/rows/electrodb-derived-row-repository.ts';
export { DynamoDbShardStates } from './adapters/aws/electrodb/shards/dynamodb-shard-states.ts';
export type { DynamoDbShardStatesOptions } from './adapters/aws/electrodb/shards/dynamodb-shard-states.ts';
export { EmfMetrics } from './adapters/aws/emf/emf-metrics.ts';
export { SqsQuarantine } from './adapters/aws/sqs/sqs-quarantine.ts';
export { SqsSearchQueue } from './adapters/aws/sqs/sqs-search-queue.ts';
export { DynamoDbStreamSource } from './adapters/aws/streams/dynamodb-stream-source.ts';
export { createStreamsClient } from './adapters/aws/streams/streams-client.ts';
export { EmbeddedSearch } from './adapters/embedded-search/embedded-search.ts';
export { EmbeddedSearchIndex } from './adapters/embedded-search/embedded-search-index.ts';
export type { EmbeddedSearchIndexOptions } from './adapters/embedded-search/embedded-search-index.ts';
export type { Facet } from './adapters/embedded-search/search/facets.ts';
export type { SearchFilter } from './adapters/embedded-search/search/filter.ts';
export type { SearchSort } from './adapters/embedded-search/search/order.ts';
export type { SearchProgress } from './adapters/embedded-search/search/text-index.ts';
export { SearchableCollection } from './adapters/embedded-search/searchable-collection.ts';
export type {
  SearchAnswer,
  SearchHit,
  SearchOptions,
} from './adapters/embedded-search/searchable-collection.ts';
export { FileShardStates } from './adapters/files/file-shard-states.ts';
export type { OnceClient, OnceWrite } from './adapters/postgres/effects/own-write.ts';
export type {
  PostgresSearchAnswer,
  PostgresSearchOptions,
  SearchCondition,
} from './adapters/postgres/search/postgres-search.ts';
export { SystemClock, SystemMonotonicClock, SystemRandom, SystemSleeper } from './adapters/system/system.ts';
export {
  aliasTarget,
  compareCollection,
  createCollection,
  switchAlias,
} from './adapters/typesense/collections.ts';
export { TypesenseClient } from './adapters/typesense/typesense-client.ts';
export type { TypesenseClientOptions } from './adapters/typesense/typesense-client.ts';
export { TypesenseSearchIndex } from './adapters/typesense/typesense-search-index.ts';
export { BackPressure } from './application/back-pressure.ts';
export { inferSearchSchema } from './domain/infer-search-schema.ts';
export type { GivenFields, InferredSchema } from './domain/infer-search-schema.ts';
export type { FieldType, SearchField, SearchSchema } from './domain/search-schema.ts';
export { WinstonLogger } from './adapters/winston/winston-logger.ts';
export { backendModule } from './entrypoints/composition/backend.ts';
export { compose, streamWorker } from './entrypoints/composition/container.ts';
export type { StreamWorker } from './entrypoints/composition/container.ts';
export { systemModule } from './entrypoints/composition/system.module.ts';
export { definitionModule, TABLE_MODEL } from './entrypoints/composition/table-model.ts';
export { readConfig } from './entrypoints/config.ts';
export type { AwsBackend, Backend, Config, MemoryBackend, PostgresBackend } from './entrypoints/config.ts';
export type { DatabaseSettings } from './entrypoints/database-settings.ts';
export type { TlsParameters } from './adapters/postgres/client/tls-parameters.ts';
export { createPostgresWorker } from './entrypoints/postgres-worker.ts';
export type { PostgresWorker, PostgresWorkerOptions } from './entrypoints/postgres-worker.ts';
export type { Poison } from './entrypoints/settings.ts';
export { handlerOf } from './entrypoints/lambda/handler-of.ts';
export type { HandlerOfOptions } from './entrypoints/lambda/handler-of.ts';
