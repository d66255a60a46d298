import { AcceptedActions } from '../../application/accepted-actions.ts';
import { type LogFields, Logger, type LogLevel } from '../../application/ports/logger.ts';
import { type MetricName, Metrics } from '../../application/ports/metrics.ts';
import { QuarantinedRecords } from '../../application/quarantined-records.ts';
import type { RetryPolicy } from '../../application/retry.ts';
import type { TableModel } from '../../domain/table-model.ts';
import type { StreamWorker } from '../../entrypoints/composition/container.ts';
import type { Random as Chance } from '../../random/random.ts';
import type { Instance } from './instance.ts';
import type { Scheduler } from './scheduler.ts';
import type { Settings } from './settings.ts';
import type { Ports } from './ports.ts';
import { SeededRandom, timeOf } from './process.ts';
import type { Variant } from '../runs/variant.ts';

interface WorkerParts {
  readonly ports: Ports;
  readonly model: TableModel;
  readonly variant: Variant;
  readonly settings: Settings;
  readonly scheduler: Scheduler;
  readonly random: Chance;
}

/** The worker of one process, composed as in production. */
export function workerOf(instance: Instance, parts: WorkerParts): StreamWorker {
  const { variant, settings, scheduler, random } = parts;
  const ports = variant.ports(parts.ports);
  const metrics = new BatchMetrics(instance);
  const { clock, sleeper } = timeOf(scheduler, instance);
  const retrierOf = (own: Partial<RetryPolicy>) =>
    variant.retrier(sleeper, new SeededRandom(random), metrics, { ...settings.retries, ...own });
  const retrier = retrierOf({});
  const processBatch = variant.processBatch({
    search: variant.search(ports.queue, retrier, new WatchedActions(instance, settings.remembered)),
    defaultImages: variant.defaultImages(ports.images, retrier),
    matcher: variant.matcher(ports.matcher, retrier),
    derivedRows: variant.derivedRows(ports.rows, retrier),
    effects: variant.effects({
      log: ports.effects,
      ...{ retrier, retrierOf, sleeper, clock, metrics },
      logger: new BatchLogger(instance),
    }),
    replica: ports.replica,
    quarantine: ports.quarantine,
    quarantineMaxShare: settings.quarantineMaxShare,
    // The batches of a modelled world are small.
    fewestSuspects: 2,
    quarantined: new QuarantinedRecords(settings.remembered),
    retrier,
    clock,
    metrics,
    logger: new BatchLogger(instance),
  });
  return { processBatch, tables: variant.tables(ports.generations, retrier, clock), model: parts.model };
}

/** Notes figures with the invocation that they are of. */
class BatchMetrics extends Metrics {
  readonly #instance: Instance;
  #figures = new Map<MetricName, number>();

  constructor(instance: Instance) {
    super();
    this.#instance = instance;
  }

  override add(name: MetricName, value: number): void {
    this.#figures.set(name, (this.#figures.get(name) ?? 0) + value);
  }

  override request(): void {
    // Requests are counted where they arrive.
  }

  override flush(): void {
    if (this.#instance.invocation !== undefined) this.#instance.invocation.metrics = this.#figures;
    this.#figures = new Map();
  }
}

class BatchLogger extends Logger {
  readonly #instance: Instance;

  constructor(instance: Instance) {
    super();
    this.#instance = instance;
  }

  override enabled(level: LogLevel): boolean {
    return level !== 'debug';
  }

  override log(level: LogLevel, message: string, fields: LogFields): void {
    this.#instance.invocation?.log.push({ level, message, fields });
  }
}

/** Notes what is remembered with the invocation that it is of. */
class WatchedActions extends AcceptedActions {
  readonly #instance: Instance;

  constructor(instance: Instance, most: number) {
    super(most);
    this.#instance = instance;
  }

  override add(action: Parameters<AcceptedActions['add']>[0]): void {
    super.add(action);
    this.#instance.invocation?.remembered.add(action.identity.sequence);
  }

  override delete(action: Parameters<AcceptedActions['delete']>[0]): void {
    super.delete(action);
    this.#instance.invocation?.remembered.delete(action.identity.sequence);
  }
}
