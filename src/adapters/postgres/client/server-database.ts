import type { Database, DatabaseName, Queryable, TransactionOptions } from './database.ts';
import { afterTransaction, DatabaseFault, rolledBack } from './database-fault.ts';
import { redact, translateError } from './translate-error.ts';
import { listenOnServer, type PgListener } from './listen-on-server.ts';
import { untilAborted } from './until-aborted.ts';

/** The part of the pool of `pg` that is used. */
export interface PgPool {
  connect(): Promise<PgClient>;
  on(event: 'error', listener: () => void): unknown;
  on(event: 'connect', listener: (client: PgClient) => void): unknown;
  end(): Promise<void>;
}

export interface PgQuery {
  readonly text: string;
  readonly values?: unknown[];
  /** For how many milliseconds an answer is waited for; as the client is set, unless given. */
  readonly query_timeout?: number;
}

/** The part of its clients that is used. */
export interface PgClient {
  query(query: PgQuery): Promise<PgResult>;
  /** @param destroy instead of keeping the connection for others. */
  release(destroy?: boolean): void;
  on(event: 'error', listener: () => void): unknown;
}

export interface PgResult {
  readonly rows: unknown[];
  /** What was done, as `COMMIT`. */
  readonly command: string;
}

/**
 * A whole session's default may be another. A worker that is frozen within a transaction, as on Lambda, must not keep its
 * locks for longer than that.
 */
const BEGIN = `begin isolation level read committed; set local idle_in_transaction_session_timeout = '60s'`;

/** The longest that a timer runs, in milliseconds: weeks. A client takes 0 for none given. */
const ENDLESS = 2 ** 31 - 1;

/** After these, a connection is of no use: to a server that goes down, or became a replica. */
const USELESS = /^(?:57P|08|25|58|XX)/;

/** A server's database, through `pg`. */
export class ServerDatabase implements Database {
  readonly name: DatabaseName;
  readonly #pool: PgPool;
  readonly #newListener: () => PgListener;
  readonly #listeners = new Set<() => void>();
  #isClosed = false;

  /** @param newListener a connection that is no part of the pool. */
  constructor(pool: PgPool, name: DatabaseName, newListener: () => PgListener) {
    this.name = name;
    this.#newListener = newListener;
    this.#pool = pool;
    // A connection that breaks says so by an event, which would end the process unless somebody listens; whoever uses it is told
    // by the statement that fails. From the moment on that it is there: a server that goes down may say both at once.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async query<R extends object>(
    text: string,
    values: readonly unknown[] = [],
    signal?: AbortSignal,
  ): Promise<readonly R[]> {
    return this.#withClient((client) => this.#run<R>(client, text, values), signal);
  }

  async transaction<T>(
    work: (client: Queryable) => Promise<T>,
    signal?: AbortSignal,
    { isLong = false }: TransactionOptions = {},
  ): Promise<T> {
    return this.#withClient(async (client) => {
      let isOpen = true;
      const query: Queryable['query'] = (text, values = []) => {
        if (isOpen) return this.#run(client, text, values, isLong);
        return Promise.reject(afterTransaction(this.name));
      };
      await this.#send(client, BEGIN);
      try {
        const result = await untilAborted(work({ query }), signal);
        isOpen = false;
        const { command } = await this.#send(client, 'commit');
        // What PostgreSQL does, without an error, where a statement failed and that was passed over.
        if (command === 'ROLLBACK') throw rolledBack(this.name);
        return result;
      } catch (error) {
        isOpen = false;
        // Of an aborted one, a statement may still run: its connection is closed, which rolls it back.
        if (!signal?.aborted) await this.#send(client, 'rollback').catch(() => undefined);
        throw error;
      }
    }, signal);
  }

  async listen(channel: string, heard: () => void, lost: () => void): Promise<() => void> {
    try {
      const end = await listenOnServer(this.#newListener(), channel, heard, () => {
        this.#listeners.delete(end);
        lost();
      });
      if (this.#isClosed) end();
      this.#listeners.add(end);
      return () => {
        this.#listeners.delete(end);
        end();
      };
    } catch (error) {
      throw translateError(error, this.name);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const end of this.#listeners) end();
    await this.#pool.end();
  }

  async #withClient<T>(work: (client: PgClient) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    const client = await untilAborted(this.#connect(), signal, (late) => late.release()).catch(
      (error: unknown) => {
        signal?.throwIfAborted();
        throw translateError(error, this.name);
      },
    );
    try {
      const result = await untilAborted(work(client), signal);
      client.release();
      return result;
    } catch (error) {
      client.release(signal?.aborted === true || isUseless(error));
      throw error;
    }
  }

  /** What is thrown at once, and no rejection, is of the settings: a certificate's file that is not there. */
  #connect(): Promise<PgClient> {
    try {
      return this.#pool.connect();
    } catch (error) {
      const { resource, variable } = this.name;
      const text = error instanceof Error ? redact(error.message) : 'cannot be connected to';
      throw new DatabaseFault(
        'configuration',
        `${resource}: ${text}; check ${variable}, and the files that it names`,
        {
          cause: error,
        },
      );
    }
  }

  async #run<R extends object>(
    client: PgClient,
    text: string,
    values: readonly unknown[],
    isLong = false,
  ): Promise<readonly R[]> {
    return (await this.#send(client, text, values, isLong)).rows as R[];
  }

  async #send(
    client: PgClient,
    text: string,
    values: readonly unknown[] = [],
    isLong = false,
  ): Promise<PgResult> {
    try {
      return await client.query({
        text,
        // Without values, several statements may come in one text.
        ...(values.length > 0 && { values: [...values] }),
        ...(isLong && { query_timeout: ENDLESS }),
      });
    } catch (error) {
      throw translateError(error, this.name);
    }
  }
}

function isUseless(error: unknown): boolean {
  if (!(error instanceof DatabaseFault)) return false;
  const { sqlState } = error;
  return sqlState === undefined || USELESS.test(sqlState);
}
