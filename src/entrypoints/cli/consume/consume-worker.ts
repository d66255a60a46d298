import { type Container, ContainerModule } from 'inversify';
import { EmfMetrics } from '../../../adapters/aws/emf/emf-metrics.ts';
import { FileShardStates } from '../../../adapters/files/file-shard-states.ts';
import { MemoryShardStates } from '../../../adapters/memory/memory-shard-states.ts';
import type { WinstonLoggerOptions } from '../../../adapters/winston/winston-logger.ts';
import { ALWAYS_PUBLISHED, Metrics } from '../../../application/ports/metrics.ts';
import { ShardStates } from '../../../application/ports/shard-states.ts';
import type { TableDefinition } from '../../../domain/definition/define-table.ts';
import { awsReaderModule } from '../../composition/aws-reader.module.ts';
import { awsModule } from '../../composition/aws.module.ts';
import { compose } from '../../composition/container.ts';
import { READER_METRICS, streamsModule } from '../../composition/streams.module.ts';
import { systemModule } from '../../composition/system.module.ts';
import { definitionModule } from '../../composition/table-model.ts';
import type { Config } from '../../config.ts';
import { createMemoryWorker } from '../../memory-worker.ts';
import { NoMetrics } from '../../no-metrics.ts';

/** What handles the stream, and has its parts. */
export interface ConsumeWorker {
  readonly container: Container;
  /** Brings what was sent to the search queue into the index, where nobody else does: until `stop` is aborted. */
  readonly drain: ((stop: AbortSignal) => unknown) | undefined;
  readonly close: () => Promise<unknown>;
}

export interface ConsumeWorkerOptions {
  readonly config: Config;
  readonly definition: TableDefinition;
  readonly log: WinstonLoggerOptions;
  /** The folder in which it is noted how far shards are handled; where derived state is, unless given. */
  readonly state?: string | undefined;
  /** Whether metrics are printed: each batch's, and the reader's every minute. */
  readonly metrics: boolean;
}

export async function consumeWorker(options: ConsumeWorkerOptions): Promise<ConsumeWorker> {
  const { backend, retries } = options.config;
  const states = options.state === undefined ? undefined : await FileShardStates.open(options.state);
  try {
    const worker = await workerOn(backend, retries, options, states);
    return { ...worker, close: () => worker.close().finally(() => states?.close()) };
  } catch (error) {
    await states?.close();
    throw error;
  }
}

async function workerOn(
  backend: Config['backend'],
  retries: Config['retries'],
  options: ConsumeWorkerOptions,
  states: ShardStates | undefined,
): Promise<ConsumeWorker> {
  const { config, definition, log } = options;
  const { poison, parkAfter } = config;
  const modules = [metricsModule(options), streamsModule];
  // After those that keep it where derived state is.
  const inFolder = states === undefined ? [] : [statesModule(states)];
  switch (backend.kind) {
    case 'aws': {
      const container = compose(
        ...[awsModule(backend), awsReaderModule(backend)],
        ...[systemModule(log, config), definitionModule(definition), ...modules],
        ...inFolder,
      );
      return { container, drain: undefined, close: () => container.unbindAllAsync() };
    }
    case 'memory': {
      const { container, drain } = createMemoryWorker({
        ...{ definition, log, retries, poison, parkAfter },
        modules: [...modules, memoryReaderModule, ...inFolder],
      });
      return { container, drain, close: () => container.unbindAllAsync() };
    }
    case 'postgres': {
      const { createPostgresWorker } = await import('../../postgres-worker.ts');
      const { url, ...database } = backend;
      const all = [...modules, ...inFolder];
      return createPostgresWorker({
        ...{ definition, log, retries, poison, parkAfter, modules: all },
        ...{ url, database },
      });
    }
  }
}

const memoryReaderModule = new ContainerModule(({ bind }) => {
  bind(ShardStates).toResolvedValue(() => new MemoryShardStates(), []);
});

function statesModule(states: ShardStates): ContainerModule {
  return new ContainerModule(({ rebind }) => void rebind(ShardStates).toConstantValue(states));
}

function metricsModule({ config: { backend }, metrics }: ConsumeWorkerOptions): ContainerModule {
  const { namespace, service } =
    backend.kind === 'aws' ? backend.metrics : { namespace: 'Contrail', service: 'contrail' };
  const metricsWith = (always: (typeof ALWAYS_PUBLISHED)[keyof typeof ALWAYS_PUBLISHED]) =>
    metrics ? new EmfMetrics({ namespace, service, stream: process.stdout, always }) : new NoMetrics();
  return new ContainerModule(({ bind, rebind }) => {
    void rebind(Metrics).toConstantValue(metricsWith(ALWAYS_PUBLISHED.worker));
    bind(READER_METRICS).toConstantValue(metricsWith(ALWAYS_PUBLISHED.reader));
  });
}
