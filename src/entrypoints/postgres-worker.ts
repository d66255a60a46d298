import type { Container, ContainerModule } from 'inversify';
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
import { postgresModule } from './composition/postgres.module.ts';
import { systemModule } from './composition/system.module.ts';
import { definitionModule } from './composition/table-model.ts';
import type { DatabaseSettings } from './database-settings.ts';
import { handlerOf, type HandlerOfOptions } from './lambda/handler-of.ts';

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
   * @throws Fault where some could not be brought there: they stay in the queue, and keep those of other documents from nothing.
   */
  readonly drain: () => Promise<readonly SearchAction[]>;
  /** All of its parts. */
  readonly container: Container;
  /** Closes its connections. */
  readonly close: () => Promise<void>;
}

/** Actions that are taken at a time. */
const AT_ONCE = 1_000;
/** After how long what could not be written is tried again. */
const AGAIN_MS = 5_000;

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
    postgresModule({ ...settings, url }),
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
    container,
    close: () => container.unbindAllAsync(),
  };
}

async function drain(source: SearchActionSource, index: SearchIndex): Promise<readonly SearchAction[]> {
  const drained: SearchAction[] = [];
  for (;;) {
    const received = await source.receive({ max: AT_ONCE, waitMs: 0 });
    if (received.length === 0) return drained;
    const faults = await written(received, index);
    const isDone = ({ group }: ReceivedAction) => !faults.has(group);
    const done = received.filter(isDone);
    for (const result of await source.acknowledge(done)) if (Fault.is(result)) throw result;
    for (const { action } of done) if (!Fault.is(action)) drained.push(action);
    const [fault] = faults.values();
    if (fault === undefined) continue;
    // Others go on, whoever asks next: what failed is tried again later.
    await source.giveBack(
      received.filter((each) => !isDone(each)),
      AGAIN_MS,
    );
    throw fault;
  }
}

/** Writes what was received, and tells which groups could not be written, and why. */
async function written(received: readonly ReceivedAction[], index: SearchIndex): Promise<Map<string, Fault>> {
  const faults = new Map<string, Fault>();
  for (const [collection, writes] of byCollection(received)) {
    const results = await index.apply(
      collection,
      writes.map(({ write }) => write),
    );
    for (const [n, result] of results.entries())
      if (Fault.is(result)) faults.set(writes[n]?.group ?? '', result);
  }
  return faults;
}

interface GroupWrite {
  readonly group: string;
  readonly write: DocumentWrite;
}

/** The writes of each collection, one a document: the newest. */
function byCollection(received: readonly ReceivedAction[]) {
  const collections = new Map<string, Map<string, GroupWrite>>();
  for (const { action, group } of received) {
    if (Fault.is(action)) throw action;
    const { key, document, version } = action;
    const writes = collections.get(key.collection) ?? new Map<string, GroupWrite>();
    collections.set(key.collection, writes);
    const other = writes.get(key.id)?.write;
    if (other === undefined || compareVersions(version, other.version) > 0)
      writes.set(key.id, { group, write: { id: key.id, document, version } });
  }
  return [...collections].map(([collection, writes]) => [collection, [...writes.values()]] as const);
}
