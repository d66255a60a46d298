/** What both clients know a database by, for messages. Never its URL, which may hold a password. */
export interface DatabaseName {
  /** As in `database app at db.example.com:5432`. */
  readonly resource: string;
  /** What names it: the environment variable, or the setting. */
  readonly variable: string;
}

/** Runs statements, each of them whole or not at all. */
export interface Queryable {
  /**
   * The rows of one statement, in its order. Parameters are bound, never pasted in: as texts wherever a type differs
   * between clients. Ask for `jsonb`, `numeric`, `bigint` and times as texts (`::text`): what else comes of them differs too.
   *
   * @throws DatabaseFault when it failed: a statement may have been done where the connection was lost.
   */
  query<R extends object>(text: string, values?: readonly unknown[]): Promise<readonly R[]>;
}

export interface TransactionOptions {
  /** Whether a statement may take as long as it takes; otherwise a server that does not answer counts as lost. */
  readonly isLong?: boolean;
}

/**
 * A PostgreSQL database: a server's, by a pool of connections, or an embedded one, which takes one statement after the other.
 */
export interface Database {
  readonly name: DatabaseName;

  /**
   * As `Queryable.query`, in a transaction of its own: one round trip. Rejects with the signal's reason once that is
   * aborted: nothing further is sent, and what was begun may or may not be done.
   */
  query<R extends object>(
    text: string,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<readonly R[]>;

  /**
   * Runs `work` in a transaction (READ COMMITTED), which is committed when it resolves and rolled back when it rejects. Its
   * client is of no use afterwards.
   *
   * @returns what `work` resolves to, once that is committed. A transaction that failed within is never committed.
   * @throws what `work` throws; DatabaseFault when it cannot be begun or committed: it may or may not be done. Rejects with
   *   the signal's reason once that is aborted, also while `work` is waiting.
   */
  transaction<T>(
    work: (client: Queryable) => Promise<T>,
    signal?: AbortSignal,
    options?: TransactionOptions,
  ): Promise<T>;

  /**
   * Calls `heard` whenever something is notified on a channel, as far as that arrives: a hint, of which any may be lost. A server's database takes a
   * connection more for as long as that lasts.
   *
   * @param channel a name that needs no quotes.
   * @param lost called once, where it ends without having been told to.
   * @returns what ends it.
   * @throws DatabaseFault when it cannot be begun.
   */
  listen(channel: string, heard: () => void, lost: () => void): Promise<() => void>;

  /** Closes all connections, when what runs on them is done. What is asked afterwards is refused. */
  close(): Promise<void>;
}
