import type { Database } from '../client/database.ts';
import type { Names } from '../schema/names.ts';
import { versionOf, type VersionRow } from '../values/version-columns.ts';
import { stateId, type StateOwner } from './state-move.ts';
import type { Version } from '../../../domain/version.ts';

/** A state, whatever was derived. */
export interface StoredState {
  readonly version: Version;
  readonly removed: boolean;
  /** What it holds, as JSON. */
  readonly content: string;
}

interface StateRow extends VersionRow {
  readonly n: number;
  readonly removed: boolean;
  readonly content: string;
}

/** What was last derived from each row, in the order given. */
export async function loadStates(
  database: Database,
  { states }: Names,
  owners: readonly StateOwner[],
  signal: AbortSignal | undefined,
): Promise<readonly (StoredState | undefined)[]> {
  signal?.throwIfAborted();
  if (owners.length === 0) return [];
  const rows = await database.query<StateRow>(
    `select m.n, s.generation::text, s.epoch, s.sequence::text, s.leading_zeros, s.fill::text, s.removed, s.content::text
from json_to_recordset($1::json) as m(n integer, id bytea)
join ${states} s on s.id = m.id`,
    [JSON.stringify(owners.map((owner, n) => ({ n, id: stateId(owner) })))],
    signal,
  );
  const found = new Map(rows.map((row) => [row.n, row]));
  return owners.map((_, n) => {
    const row = found.get(n);
    return row && { version: versionOf(row), removed: row.removed, content: row.content };
  });
}
