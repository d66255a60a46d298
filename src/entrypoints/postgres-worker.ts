import type { Container, ContainerModule } from 'inversify';
import { purgeExpired } from '../adapters/postgres/purge-expired.ts';
import { namesOf } from '../adapters/postgres/schema/names.ts';
import type { WinstonLoggerOptions } from '../adapters/winston/winston-logger.ts';
import type { PoisonListener } from '../application/poison-listener.ts';
import { DerivedState } from '../application/ports/derived-state.ts';
import { type ReceivedAction, SearchActionSource } from '../application/ports/search-action-source.ts';
import { type DocumentWrite, SearchIndex } from '../application/ports/search-index.ts';
import type { RetryPolicy } from '../application/retry.ts';
import type { TableDefinition } from '../domain/definition/define-table.ts';
import { Fault } from '../domain/fault.ts';
import type { SearchAction } from '../domain/search-action.ts';
import { compareVersions } from '../domain/version.ts';
import { fleet } from '../fleet/definition.ts';
import { compose, streamWorker } from './composition/container.ts';
import { DATABASE, postgresModule } from './composition/postgres.module.ts';
import { systemModule } from './composition/system.module.ts';
import { definitionModule } from './composition/table-model.ts';
import type { PostgresBackend } from './config.ts';
import { handlerOf, type HandlerOfOptions } from './lambda/handler-of.ts';

/** Where a worker on PostgreSQL keeps what it derives, what that is, and how. */
export interface PostgresWorkerOptions extends Partial<HandlerOfOptions> {
  /** `postgres://…`, `pglite:FOLDER`, or `pglite:` for an embedded database in memory. */
  readonly url: string;
  /** The schema of its tables (`contrail`, unless given), what the names of these begin with (nothing), and so on. */
  readonly database?: Partial<Omit<PostgresBackend, 'kind' | 'databaseUrl' | 'table'>>;
  /** What is derived from the table's rows: the fleet's definition, unless given. */
  readonly definition?: TableDefinition;
  /** What to log, and where: by default from `info` on, to standard output, in lines for people. */
  readonly log?: Partial<WinstonLoggerOptions>;
  /** How often, and after how long, calls of ports are tried again. */
  readonly retries?: RetryPolicy;
  /** Bind more ports, or rebind some of them to other adapters. */
  readonly modules?: readonly ContainerModule[];
  /** Told of every record that can never be handled. It blocks all the same, unless there is a quarantine. */
  readonly onPoison?: PoisonListener;
}

/** A worker that keeps everything derived, its queue and the table's rows in PostgreSQL. */
export interface PostgresWorker {
  /** Handles an event as the Lambda function does; without a context there is no time limit. */
  readonly handler: ReturnType<typeof handlerOf>;
  /** Everything derived, and the rows it is derived from. Documents are there once `drain` was called. */
  readonly state: DerivedState;
  /**
   * Brings the search actions that wait in the queue into the index's table, and returns them. Any number of processes may do so, at any time.
   *
   * @throws Fault where some could not be brought there: they stay in the queue.
   */
  readonly drain: () => Promise<readonly SearchAction[]>;
  /** Deletes what is remembered of rows and documents that are gone for a month, and returns how many. To be called now and then, by any process. */
  readonly purge: () => Promise<number>;
  /** All of its parts. */
  readonly container: Container;
  /** Closes its connections. */
  readonly close: () => Promise<void>;
}

/** Actions that are taken at a time. */
const AT_ONCE = 1_000;

/** Creates a worker on PostgreSQL. Its database is opened, and the tables in it made, when something is first asked of it. */
export function createPostgresWorker({
  url,
  database,
  definition = fleet,
  log,
  retries,
  modules = [],
  onPoison,
  ...options
}: PostgresWorkerOptions): PostgresWorker {
  const logging = { level: 'info', stream: process.stdout, readable: true, ...log } as const;
  const settings = { schema: 'contrail', prefix: '', connections: 10, hasQuarantine: false, ...database };
  const container = compose(
    postgresModule({ ...settings, kind: 'postgres', databaseUrl: url }),
    systemModule(logging, { ...(retries && { retries }), onPoison }),
    definitionModule(definition),
    ...modules,
  );
  return {
    handler: handlerOf(streamWorker(container), {
      failureMode: 'report',
      deadlineMarginMs: 0,
      ...options,
    }),
    state: container.get(DerivedState),
    drain: () => drain(container.get(SearchActionSource), container.get(SearchIndex)),
    purge: () => purgeExpired(container.get(DATABASE), namesOf(settings)),
    container,
    close: () => container.unbindAllAsync(),
  };
}

async function drain(source: SearchActionSource, index: SearchIndex): Promise<readonly SearchAction[]> {
  const drained: SearchAction[] = [];
  for (;;) {
    const received = await source.receive({ max: AT_ONCE, waitMs: 0 });
    if (received.length === 0) return drained;
    try {
      for (const [collection, actions] of byCollection(received))
        for (const result of await index.apply(collection, actions)) if (Fault.is(result)) throw result;
    } catch (error) {
      await source.giveBack(received, 0);
      throw error;
    }
    for (const result of await source.acknowledge(received)) if (Fault.is(result)) throw result;
    for (const { action } of received) if (!Fault.is(action)) drained.push(action);
  }
}

/** The writes of each collection, one a document: the newest. */
function byCollection(received: readonly ReceivedAction[]) {
  const collections = new Map<string, Map<string, DocumentWrite>>();
  for (const { action } of received) {
    if (Fault.is(action)) throw action;
    const { key, document, version } = action;
    const writes = collections.get(key.collection) ?? new Map<string, DocumentWrite>();
    collections.set(key.collection, writes);
    const other = writes.get(key.id);
    if (other === undefined || compareVersions(version, other.version) > 0)
      writes.set(key.id, { id: key.id, document, version });
  }
  return [...collections].map(([collection, writes]) => [collection, [...writes.values()]] as const);
}
