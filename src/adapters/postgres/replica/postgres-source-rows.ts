import { SourceRows } from '../../../application/ports/source-rows.ts';
import type { ItemKey } from '../../../domain/row.ts';
import type { Attributes } from '../../../domain/value.ts';
import type { Database } from '../client/database.ts';
import { attributesIn } from '../pointers/load-entities.ts';
import type { Names } from '../schema/names.ts';
import { sourceRowId } from './source-row-id.ts';

/** The rows that `PostgresTableReplica` keeps. */
export class PostgresSourceRows extends SourceRows {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    super();
    this.#database = database;
    this.#names = names;
  }

  override async read(
    keys: readonly ItemKey[],
    signal?: AbortSignal,
  ): Promise<readonly (Attributes | undefined)[]> {
    signal?.throwIfAborted();
    if (keys.length === 0) return [];
    const rows = await this.#database.query<{ readonly n: number; readonly attributes: string }>(
      `select m.n, r.attributes::text from json_to_recordset($1::json) as m(n integer, id bytea)
join ${this.#names.source_rows} r on r.id = m.id
where not r.removed`,
      [JSON.stringify(keys.map((key, n) => ({ n, id: sourceRowId(key) })))],
      signal,
    );
    const found = new Map(rows.map(({ n, attributes }) => [n, attributes]));
    return keys.map((_, n) => {
      const attributes = found.get(n);
      return attributes === undefined ? undefined : attributesIn(attributes);
    });
  }
}
