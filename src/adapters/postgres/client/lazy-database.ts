import type { Database, DatabaseName, Queryable } from './database.ts';
import { afterTransaction } from './database-fault.ts';

/** A database that is opened by the first who asks for something. Where that fails, the next one tries again. */
export class LazyDatabase implements Database {
  readonly name: DatabaseName;
  readonly #open: () => Promise<Database>;
  #opening: Promise<Database> | undefined;
  #isClosed = false;

  /** @param open opens it, and makes it ready for use. */
  constructor(name: DatabaseName, open: () => Promise<Database>) {
    this.name = name;
    this.#open = open;
  }

  async query<R extends object>(
    text: string,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<readonly R[]> {
    return (await this.#opened(signal)).query(text, values, signal);
  }

  async transaction<T>(work: (client: Queryable) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return (await this.#opened(signal)).transaction(work, signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // Where it could not be opened there is nothing to close.
    const database = await this.#opening?.catch(() => undefined);
    await database?.close();
  }

  #opened(signal: AbortSignal | undefined): Promise<Database> {
    signal?.throwIfAborted();
    if (this.#isClosed) return Promise.reject(afterTransaction(this.name));
    return (this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    }));
  }
}
