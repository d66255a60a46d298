import type { Container } from 'inversify';
import { ContainerModule } from 'inversify';
import { EmfMetrics } from '../../../adapters/aws/emf/emf-metrics.ts';
import type { WinstonLoggerOptions } from '../../../adapters/winston/winston-logger.ts';
import type { Verify } from '../../../application/drift/verify.ts';
import { Logger } from '../../../application/ports/logger.ts';
import { ALWAYS_PUBLISHED, Metrics } from '../../../application/ports/metrics.ts';
import { SearchBacklog } from '../../../application/ports/search-backlog.ts';
import { SearchIndex } from '../../../application/ports/search-index.ts';
import type { TableDefinition } from '../../../domain/definition/define-table.ts';
import { Fault } from '../../../domain/fault.ts';
import { searchSchemas } from '../../../domain/search-schemas.ts';
import { awsIndexerModule } from '../../composition/aws-indexer.module.ts';
import { awsScanModule } from '../../composition/aws-scan.module.ts';
import { awsModule } from '../../composition/aws.module.ts';
import { compose } from '../../composition/container.ts';
import { systemModule } from '../../composition/system.module.ts';
import { definitionModule } from '../../composition/table-model.ts';
import { verifyIn } from '../../composition/verify.ts';
import { type AwsBackend, type Config, readConfig } from '../../config.ts';
import type { Environment } from '../../environment-reader.ts';
import { openEngine, readEngine } from '../index-documents/settings.ts';
import { NoMetrics } from '../../no-metrics.ts';
import { whereItIs } from '../where-it-is.ts';
import { DrainedBacklog } from './drained-backlog.ts';

/** What is to be compared, and where it is. */
export interface Verified {
  readonly verify: Verify;
  readonly metrics: Metrics;
  readonly close: () => Promise<unknown>;
}

export interface VerifiedOptions {
  readonly definition: TableDefinition;
  readonly environment: Environment;
  readonly log: Omit<WinstonLoggerOptions, 'level'>;
  /** Whether metrics are printed. */
  readonly metrics: boolean;
  /** Whether what is found is to be mended. */
  readonly isRepair: boolean;
}

/** @throws Fault `configuration` that names what is wrong or missing. */
export async function openVerified(options: VerifiedOptions): Promise<Verified> {
  const { definition, environment, metrics, isRepair } = options;
  const config = readConfig(environment, definition.model);
  const log = { ...options.log, level: config.logLevel };
  const { backend } = config;
  const modules = [metricsModule(config, metrics)];
  switch (backend.kind) {
    case 'memory':
      throw new Fault(
        'configuration',
        'BACKEND is memory, where no other process has anything; leave it out, or set it to aws or postgres',
      );
    case 'postgres': {
      const { createPostgresWorker } = await import('../../postgres-worker.ts');
      const { url, ...database } = backend;
      const worker = createPostgresWorker({
        definition,
        log,
        retries: config.retries,
        modules,
        url,
        database,
      });
      try {
        await whereItIs(worker.open);
        const { container } = worker;
        if (isRepair && definition.model.documents.length > 0) {
          const drained = new DrainedBacklog(container);
          container.rebind(SearchBacklog).toConstantValue(drained);
        }
        return opened(worker.container, undefined, worker.close);
      } catch (error) {
        await worker.close();
        throw error;
      }
    }
    case 'aws':
      return onAws(config, backend, options, modules);
  }
}

async function onAws(
  config: Config,
  backend: AwsBackend,
  { definition, environment, log }: VerifiedOptions,
  modules: readonly ContainerModule[],
): Promise<Verified> {
  const { model } = definition;
  const engine = model.documents.length === 0 ? undefined : readEngine(environment);
  const schemas = engine?.kind === 'typesense' ? searchSchemas(model.documents) : undefined;
  const container = compose(
    ...[awsModule(backend), awsIndexerModule(backend), awsScanModule(backend)],
    systemModule({ ...log, level: config.logLevel }, config),
    definitionModule(definition),
    ...modules,
  );
  const documents = engine && (await openEngine(engine, model, container.get(Logger)));
  if (documents !== undefined) container.bind(SearchIndex).toConstantValue(documents.index);
  return opened(container, schemas, async () => {
    await documents?.close();
    await container.unbindAllAsync();
  });
}

function opened(
  container: Container,
  schemas: Parameters<typeof verifyIn>[1],
  close: () => Promise<unknown>,
): Verified {
  return { verify: verifyIn(container, schemas), metrics: container.get(Metrics), close };
}

function metricsModule({ backend }: Config, isPrinted: boolean): ContainerModule {
  const settings = 'metrics' in backend ? backend.metrics : { namespace: 'Contrail', service: 'contrail' };
  return new ContainerModule(({ rebind }) => {
    void rebind(Metrics).toConstantValue(
      isPrinted
        ? new EmfMetrics({ ...settings, stream: process.stdout, always: ALWAYS_PUBLISHED.verify })
        : new NoMetrics(),
    );
  });
}
