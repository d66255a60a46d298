import { type KeptChange, KeptChanges } from '../../../application/ports/kept-changes.ts';
import type { Database } from '../client/database.ts';
import type { Names } from '../schema/names.ts';
import { hashedKey } from '../values/hashed-key.ts';
import { readText } from '../values/text.ts';
import { readVersion } from './postgres-parked-items.ts';

/** So many are given at a time. */
const PAGE = 100;

/** Records of parked items in PostgreSQL, a row each. */
export class PostgresKeptChanges extends KeptChanges {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    super();
    this.#database = database;
    this.#names = names;
  }

  override async load(
    item: string,
    after: string | undefined,
    signal?: AbortSignal,
  ): Promise<readonly KeptChange[]> {
    signal?.throwIfAborted();
    const rows = await this.#database.query<{
      readonly place: string;
      readonly version: string;
      readonly record: string;
    }>(
      `select place, version, record from ${this.#names.kept_changes} where item_id = $1::text::bytea and place > $2
order by place limit ${PAGE}`,
      [hashedKey(item), after ?? ''],
      signal,
    );
    return rows.map(({ place, version, record }) => ({
      place,
      version: readVersion(version),
      raw: JSON.parse(readText(record)) as unknown,
    }));
  }

  override async discard(item: string, changes: readonly KeptChange[], signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await this.#database.query(
      `delete from ${this.#names.kept_changes} where item_id = $1::text::bytea
and place in (select value from json_array_elements_text($2::json))`,
      [hashedKey(item), JSON.stringify(changes.map(({ place }) => place))],
      signal,
    );
  }
}
