import { setImmediate } from 'node:timers/promises';
import type { Database, DatabaseName, Queryable } from './database.ts';
import { afterTransaction } from './database-fault.ts';
import { translateError } from './translate-error.ts';
import { untilAborted } from './until-aborted.ts';

/** The part of a PGlite that is used. */
export interface Embedded extends EmbeddedClient {
  transaction<T>(work: (client: EmbeddedClient) => Promise<T>): Promise<T>;
  listen(channel: string, heard: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** The part of its client in a transaction that is used. */
export interface EmbeddedClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: unknown[] }>;
  exec(text: string): Promise<unknown>;
}

/** A database within the process, through PGlite: it has one connection. */
export class EmbeddedDatabase implements Database {
  readonly name: DatabaseName;
  readonly #pglite: Embedded;
  readonly #closed: () => unknown;

  /** @param closed called when it has been closed, also where that failed. */
  constructor(pglite: Embedded, name: DatabaseName, closed: () => unknown = () => undefined) {
    this.name = name;
    this.#pglite = pglite;
    this.#closed = closed;
  }

  async query<R extends object>(
    text: string,
    values: readonly unknown[] = [],
    signal?: AbortSignal,
  ): Promise<readonly R[]> {
    signal?.throwIfAborted();
    return untilAborted(this.#run<R>(this.#pglite, text, values), signal);
  }

  async transaction<T>(work: (client: Queryable) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    try {
      return await untilAborted(
        this.#pglite.transaction((client) => this.#within(client, work, signal)),
        signal,
      );
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof Failed) throw error.cause;
      throw translateError(error, this.name);
    }
  }

  /** It has no connection that could be lost. */
  async listen(channel: string, heard: () => void): Promise<() => void> {
    try {
      const end = await this.#pglite.listen(channel, heard);
      // Closed, it listens no more.
      return () => void end().catch(() => undefined);
    } catch (error) {
      throw translateError(error, this.name);
    }
  }

  async close(): Promise<void> {
    try {
      await this.#pglite.close();
    } finally {
      await this.#closed();
    }
  }

  async #within<T>(
    client: EmbeddedClient,
    work: (client: Queryable) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    let isOpen = true;
    const query: Queryable['query'] = (text, values = []) =>
      isOpen ? this.#run(client, text, values) : Promise.reject(afterTransaction(this.name));
    try {
      signal?.throwIfAborted();
      return await untilAborted(work({ query }), signal);
    } catch (error) {
      throw new Failed(error);
    } finally {
      isOpen = false;
    }
  }

  /** Statements run on the event loop's own thread: between two, what else has to run may. */
  async #run<R extends object>(
    client: EmbeddedClient,
    text: string,
    values: readonly unknown[],
  ): Promise<readonly R[]> {
    try {
      if (values.length > 0) return (await client.query(text, [...values])).rows as R[];
      // Several statements may come in one text.
      const results = (await client.exec(text)) as readonly { readonly rows: R[] }[];
      return results.at(-1)?.rows ?? [];
    } catch (error) {
      throw translateError(error, this.name);
    } finally {
      await setImmediate();
    }
  }
}

/** Carries what a transaction's work threw past PGlite, apart from what PGlite throws itself. */
class Failed extends Error {
  constructor(cause: unknown) {
    super('the work of a transaction failed', { cause });
  }
}
