import { type Container, ContainerModule } from 'inversify';
import { EmfMetrics } from '../../../adapters/aws/emf/emf-metrics.ts';
import type { WinstonLoggerOptions } from '../../../adapters/winston/winston-logger.ts';
import type { IndexQueueOptions } from '../../../application/index-queue.ts';
import { Logger } from '../../../application/ports/logger.ts';
import { ALWAYS_PUBLISHED, Metrics } from '../../../application/ports/metrics.ts';
import { SearchIndex } from '../../../application/ports/search-index.ts';
import type { TableDefinition } from '../../../domain/definition/define-table.ts';
import { awsIndexerModule } from '../../composition/aws-indexer.module.ts';
import { awsModule } from '../../composition/aws.module.ts';
import { compose } from '../../composition/container.ts';
import { indexDocumentsModule } from '../../composition/index-documents.module.ts';
import { postgresModule } from '../../composition/postgres.module.ts';
import { systemModule } from '../../composition/system.module.ts';
import { definitionModule } from '../../composition/table-model.ts';
import { NoMetrics } from '../../no-metrics.ts';
import { databaseEngine } from './database-engine.ts';
import type { Engine } from './engine.ts';
import { type DrainSettings, openEngine } from './settings.ts';

export interface OpenIndexerOptions {
  readonly log: Omit<WinstonLoggerOptions, 'level'>;
  /** Whether metrics are printed. */
  readonly hasMetrics: boolean;
  /** Most messages of a batch. */
  readonly batchSize: number;
}

/** What drains a queue into a search engine. */
export interface OpenIndexer {
  readonly container: Container;
  readonly engine: Engine;
  /** How this queue is best drained. */
  readonly queueOptions: Partial<IndexQueueOptions>;
}

/** @throws Fault `configuration` where the engine cannot be used, or a collection has no schema that it needs. */
export async function openIndexer(
  definition: TableDefinition,
  { config, backend, engine: place }: DrainSettings,
  { log, hasMetrics, batchSize }: OpenIndexerOptions,
): Promise<OpenIndexer> {
  const container = compose(
    ...(backend.kind === 'aws' ? [awsModule(backend), awsIndexerModule(backend)] : [postgresModule(backend)]),
    systemModule({ ...log, level: config.logLevel }, config),
    definitionModule(definition),
    indexDocumentsModule,
    new ContainerModule(({ rebind }) => {
      const always = ALWAYS_PUBLISHED.indexer;
      void rebind(Metrics).toConstantValue(
        hasMetrics ? new EmfMetrics({ ...backend.metrics, stream: process.stdout, always }) : new NoMetrics(),
      );
    }),
  );
  // One statement gives as many as are asked for, and several at once would be in each other's way.
  const queueOptions = backend.kind === 'postgres' ? { receivers: 1, receiveMax: batchSize } : {};
  if (place.kind === 'database') return { container, engine: databaseEngine(container), queueOptions };
  const engine = await openEngine(place, definition.model, container.get(Logger));
  if (container.isBound(SearchIndex)) container.unbind(SearchIndex);
  container.bind(SearchIndex).toConstantValue(engine.index);
  return { container, engine, queueOptions };
}
