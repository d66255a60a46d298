import type { StoredDerivedRow } from '../../../application/ports/derived-row-repository.ts';
import type { DerivedKey } from '../../../domain/derived-rows.ts';
import type { Database } from '../client/database.ts';
import type { Names } from '../schema/names.ts';
import { readJsonbRecord } from '../values/jsonb.ts';
import { readText } from '../values/text.ts';
import { rowId } from './apply-rows.ts';

interface Found {
  readonly n: number;
  readonly attributes: string;
  readonly source: string | null;
}

/** Reads derived rows by their keys, in the order given. */
export async function readDerivedRows(
  database: Database,
  { derived_rows: rows }: Names,
  keys: readonly DerivedKey[],
  signal: AbortSignal | undefined,
): Promise<readonly (StoredDerivedRow | undefined)[]> {
  signal?.throwIfAborted();
  if (keys.length === 0) return [];
  const found = await database.query<Found>(
    `select m.n, r.attributes::text, r.derived_from as source
from json_to_recordset($1::json) as m(n integer, id bytea)
join ${rows} r on r.id = m.id`,
    [JSON.stringify(keys.map((key, n) => ({ n, id: rowId(key) })))],
    signal,
  );
  const byPlace = new Map(found.map((row) => [row.n, row]));
  return keys.map((_, n) => {
    const row = byPlace.get(n);
    return (
      row && {
        attributes: readJsonbRecord(row.attributes),
        source: row.source === null ? undefined : readText(row.source),
      }
    );
  });
}
