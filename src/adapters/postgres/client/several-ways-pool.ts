import type { PgClient, PgPool } from './server-database.ts';
import { problemOf } from './sql-states.ts';

/** No line of the server's pg_hba.conf is for this user, with or without TLS. */
const NO_ENTRY = '28000';
const NO_TLS = /does not support SSL/;

/** A pool for each way to connect: the first that a server takes is kept, until it takes that no more. */
export class SeveralWaysPool implements PgPool {
  readonly #pools: readonly PgPool[];
  #kept = 0;

  /** @param pools at least one, in the order in which they are tried. */
  constructor(pools: readonly PgPool[]) {
    this.#pools = pools;
  }

  /** The place of the way by which the last connection was made, or the first will be tried. */
  get kept(): number {
    return this.#kept;
  }

  async connect(): Promise<PgClient> {
    const errors: unknown[] = [];
    // Others may keep another one meanwhile.
    const first = this.#kept;
    const places = [...this.#pools.entries()];
    for (const [place, pool] of [...places.slice(first), ...places.slice(0, first)]) {
      try {
        const client = await pool.connect();
        this.#kept = place;
        return client;
      } catch (error) {
        errors.push(error);
        if (!isOfTheWay(error)) break;
      }
    }
    // That there is no TLS says least: the other way was tried for that.
    throw errors.findLast((error) => !NO_TLS.test(String(error))) ?? errors[0];
  }

  on(event: 'error' | 'connect', listener: (client: PgClient) => void): void {
    for (const pool of this.#pools) pool.on(event as 'connect', listener);
  }

  async end(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.end()));
  }
}

/** Whether another way may do. */
function isOfTheWay(error: unknown): boolean {
  const { code, message = '' } = error as { readonly code?: string; readonly message?: string };
  return code === NO_ENTRY || problemOf(code, message) === 'tls';
}
