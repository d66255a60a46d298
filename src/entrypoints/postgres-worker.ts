import type { Container, ContainerModule } from 'inversify';
import type { EmfMetricsOptions } from '../adapters/aws/emf/emf-metrics.ts';
import type { PostgresSearch } from '../adapters/postgres/search/postgres-search.ts';
import type { WinstonLoggerOptions } from '../adapters/winston/winston-logger.ts';
import type { PoisonListener } from '../application/poison-listener.ts';
import { indexAll } from '../application/index-all.ts';
import { IndexDocuments } from '../application/index-documents.ts';
import { DerivedState } from '../application/ports/derived-state.ts';
import { Clock } from '../application/ports/clock.ts';
import { Logger } from '../application/ports/logger.ts';
import { Metrics } from '../application/ports/metrics.ts';
import { SearchActionSource } from '../application/ports/search-action-source.ts';
import { Sleeper } from '../application/ports/sleeper.ts';
import type { RetryPolicy } from '../application/retry.ts';
import type { TableDefinition } from '../domain/definition/define-table.ts';
import type { Fault } from '../domain/fault.ts';
import { fleet } from '../fleet/definition.ts';
import { compose, streamWorker } from './composition/container.ts';
import { indexDocumentsModule } from './composition/index-documents.module.ts';
import { PARTS, postgresModule } from './composition/postgres.module.ts';
import { SentActions } from './composition/sent-actions.ts';
import { systemModule } from './composition/system.module.ts';
import { definitionModule } from './composition/table-model.ts';
import { type DatabaseSettings, tlsVariables } from './database-settings.ts';
import { EnvironmentReader } from './environment-reader.ts';
import { handlerOf, type HandlerOfOptions } from './lambda/handler-of.ts';
import type { Poison } from './settings.ts';

/** Where a worker on PostgreSQL keeps what it derives, what that is, and how. */
export interface PostgresWorkerOptions extends Partial<HandlerOfOptions> {
  /** `postgres://…`, `pglite:FOLDER`, or `pglite:` for an embedded database in memory. */
  readonly url: string;
  /** The schema of its tables (`contrail`, unless given), what the names of these begin with (nothing), and so on. */
  readonly database?: Partial<Omit<DatabaseSettings, 'url'>>;
  /** What is derived from the table's rows: the fleet's definition, unless given. */
  readonly definition?: TableDefinition;
  /** What to log, and where: by default from `info` on, to standard output, in lines for people. */
  readonly log?: Partial<WinstonLoggerOptions>;
  /**
   * Where the metrics of each batch go, a line each, in CloudWatch's embedded metric format: `process.stdout`, say. Unless given, those of the last
   * hundred batches are kept, for whoever asks the container for `Metrics`.
   */
  readonly metrics?: Pick<EmfMetricsOptions, 'stream'> &
    Partial<Pick<EmfMetricsOptions, 'namespace' | 'service'>>;
  /** How often, and after how long, calls of ports are tried again. */
  readonly retries?: RetryPolicy;
  /** Bind more ports, or rebind some of them to other adapters. */
  readonly modules?: readonly ContainerModule[];
  /** Told of every record that can never be handled. It blocks all the same, unless there is a quarantine. */
  readonly onPoison?: PoisonListener;
  /** What becomes of such records. Unless given, they go to quarantine where there is one, and block otherwise. */
  readonly poison?: Poison | undefined;
  /** Where items are parked, at so many deliveries an effect must have failed for its item to be; never, unless given. */
  readonly parkAfter?: number | undefined;
}

/** A worker that keeps everything derived, its queue and the table's rows in PostgreSQL. */
export interface PostgresWorker {
  /** Handles an event as the Lambda function does; without a context there is no time limit. */
  readonly handler: ReturnType<typeof handlerOf>;
  /** Everything derived, and the rows it is derived from. Documents are there once `drain` was called. */
  readonly state: DerivedState;
  /**
   * Brings the search actions that wait in the queue into the index's table, until none is left that can be had. Any number of processes may do so, at
   * any time. What may pass is tried again after its delay; what is refused for good goes to the view `dead_letters`, with its reason.
   *
   * @param stop once aborted, nothing more is begun; what is left stays in the queue.
   * @returns the reasons of what was refused, one each.
   * @throws Fault when the queue cannot be read, or an operator has to act: then what was not done stays in the queue.
   */
  readonly drain: (stop?: AbortSignal) => Promise<readonly Fault[]>;
  /**
   * Finds documents that are in the index's table, by PostgreSQL's own full text, as `contrail search` does. What this worker has derived is found once
   * `drain` was called.
   *
   * @throws Fault `configuration` when there is no such collection or language, with the names of those that are there.
   */
  readonly search: PostgresSearch['search'];
  /** How many search actions of this worker the queue has taken, repeats not counted. */
  readonly sent: () => number;
  /** All of its parts. */
  readonly container: Container;
  /**
   * Opens the database and makes its tables, as the first call does otherwise: so what is wrong with it is known before there is anything to do.
   *
   * @throws Fault when it cannot be opened, or its tables cannot be made.
   */
  readonly open: () => Promise<void>;
  /** Closes its connections. */
  readonly close: () => Promise<void>;
}

/** Creates a worker on PostgreSQL. Its database is opened, and the tables in it made, when something is first asked of it. */
export function createPostgresWorker({
  url,
  database,
  definition = fleet,
  log,
  metrics,
  retries,
  modules = [],
  onPoison,
  poison,
  parkAfter,
  ...options
}: PostgresWorkerOptions): PostgresWorker {
  const logging = { level: 'info', stream: process.stdout, readable: true, ...log } as const;
  const settings = {
    ...{ schema: 'contrail', prefix: '', connections: 10, hasQuarantine: poison === 'quarantine' },
    ...tlsVariables(new EnvironmentReader(process.env)),
    ...database,
  };
  const container = compose(
    postgresModule(
      { ...settings, url },
      metrics && { namespace: 'Contrail', service: 'contrail', ...metrics },
    ),
    systemModule(logging, { ...(retries && { retries }), onPoison, poison, parkAfter }),
    definitionModule(definition),
    indexDocumentsModule,
    ...modules,
  );
  return {
    handler: handlerOf(streamWorker(container), {
      failureMode: 'report',
      deadlineMarginMs: 0,
      ...options,
    }),
    state: container.get(DerivedState),
    drain: (stop) =>
      indexAll(
        {
          source: container.get(SearchActionSource),
          documents: container.get(IndexDocuments),
          sleeper: container.get(Sleeper),
          report: {
            metrics: container.get(Metrics),
            logger: container.get(Logger),
            clock: container.get(Clock),
          },
        },
        stop,
      ),
    search: async (...asked) => (await container.get(PARTS).get()).search.search(...asked),
    sent: () => container.get(SentActions).count,
    container,
    open: async () => {
      await container.get(PARTS).get();
    },
    close: () => container.unbindAllAsync(),
  };
}
