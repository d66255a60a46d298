import { type Container, ContainerModule } from 'inversify';
import { SecretKey } from '../../adapters/aws/secret-key.ts';
import { KeyFile } from '../../adapters/typesense/key-file.ts';
import { type ApiKeys, TypesenseClient } from '../../adapters/typesense/typesense-client.ts';
import { TypesenseSearchIndex } from '../../adapters/typesense/typesense-search-index.ts';
import { IndexDocuments } from '../../application/index-documents.ts';
import { Clock } from '../../application/ports/clock.ts';
import { Logger } from '../../application/ports/logger.ts';
import { Metrics } from '../../application/ports/metrics.ts';
import { SearchActionSource } from '../../application/ports/search-action-source.ts';
import { SearchIndex } from '../../application/ports/search-index.ts';
import { searchSchemas } from '../../domain/search-schemas.ts';
import type { TableModel } from '../../domain/table-model.ts';
import type { TypesenseEngine } from '../indexer-config.ts';

/** What carries out search actions, and what says what became of them. */
export interface Indexer {
  readonly indexDocuments: Pick<IndexDocuments, 'execute'>;
  readonly source: SearchActionSource;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
}

/**
 * Documents in Typesense, of the collections that a definition's documents are in.
 *
 * @throws Fault `configuration` where the definition does not say what the fields of a collection hold.
 */
export function typesenseModule(
  engine: TypesenseEngine,
  { documents }: Pick<TableModel, 'documents'>,
): ContainerModule {
  const schemas = searchSchemas(documents);
  const index = new TypesenseSearchIndex(typesenseClient(engine), schemas);
  return new ContainerModule(({ bind }) => void bind(SearchIndex).toConstantValue(index));
}

export function typesenseClient({ url, key, timeoutMs }: TypesenseEngine): TypesenseClient {
  return new TypesenseClient({ url, apiKey: keyOf(key), timeoutMs });
}

function keyOf(key: TypesenseEngine['key']): string | ApiKeys {
  if ('secret' in key) return new SecretKey(key.secret);
  return 'file' in key ? new KeyFile(key.file) : key.apiKey;
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
