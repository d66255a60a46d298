import { SearchBacklog } from '../../../application/ports/search-backlog.ts';
import type { Database } from '../client/database.ts';
import type { Names } from '../schema/names.ts';

/** How much the queue in the database holds, exactly. */
export class PostgresSearchBacklog extends SearchBacklog {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    super();
    this.#database = database;
    this.#names = names;
  }

  override async waiting(signal?: AbortSignal): Promise<number> {
    signal?.throwIfAborted();
    const [found] = await this.#database.query<{ readonly count: string }>(
      `select count(*)::text as count from ${this.#names.search_actions} where not done`,
      [],
      signal,
    );
    return Number(found?.count ?? 0);
  }
}
