import { type Container, ContainerModule } from 'inversify';
import { SecretKey } from '../../adapters/aws/secret-key.ts';
import { TypesenseClient } from '../../adapters/typesense/typesense-client.ts';
import { TypesenseSearchIndex } from '../../adapters/typesense/typesense-search-index.ts';
import { IndexDocuments } from '../../application/index-documents.ts';
import { Clock } from '../../application/ports/clock.ts';
import { Logger } from '../../application/ports/logger.ts';
import { Metrics } from '../../application/ports/metrics.ts';
import { SearchActionSource } from '../../application/ports/search-action-source.ts';
import { SearchFences } from '../../application/ports/search-fences.ts';
import { SearchIndex } from '../../application/ports/search-index.ts';
import { SourceRows } from '../../application/ports/source-rows.ts';
import { Retrier } from '../../application/retry.ts';
import { searchSchemas } from '../../domain/search-schemas.ts';
import type { TableModel } from '../../domain/table-model.ts';
import type { TypesenseEngine } from '../indexer-config.ts';
import { TABLE_MODEL } from './table-model.ts';

/** What carries out search actions, and what says what became of them. */
export interface Indexer {
  readonly indexDocuments: Pick<IndexDocuments, 'execute'>;
  readonly source: SearchActionSource;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** The use case, on whatever ports the other modules bind. */
export const indexerModule = new ContainerModule(({ bind }) => {
  bind(IndexDocuments).toResolvedValue(
    (model, index, fences, rows, retrier) => new IndexDocuments({ model, index, fences, rows, retrier }),
    [TABLE_MODEL, SearchIndex, SearchFences, SourceRows, Retrier],
  );
});

/**
 * Documents in Typesense, of the collections that a definition's documents are in.
 *
 * @throws Fault `configuration` where the definition does not say what the fields of a collection hold.
 */
export function typesenseModule(
  { url, key, timeoutMs }: TypesenseEngine,
  { documents }: Pick<TableModel, 'documents'>,
): ContainerModule {
  const schemas = searchSchemas(documents);
  const apiKey = 'secret' in key ? new SecretKey(key.secret) : key.apiKey;
  const index = new TypesenseSearchIndex(new TypesenseClient({ url, apiKey, timeoutMs }), schemas);
  return new ContainerModule(({ bind }) => void bind(SearchIndex).toConstantValue(index));
}

/** The indexer of a container. @throws when a port is not bound. */
export function indexerIn(container: Container): Indexer {
  return {
    indexDocuments: container.get(IndexDocuments),
    source: container.get(SearchActionSource),
    metrics: container.get(Metrics),
    logger: container.get(Logger),
    clock: container.get(Clock),
  };
}
