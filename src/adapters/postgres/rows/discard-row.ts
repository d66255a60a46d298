import type { StrayRow } from '../../../application/ports/derived-row-repository.ts';
import type { Result } from '../../../application/result.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Database } from '../client/database.ts';
import type { Names } from '../schema/names.ts';
import { storedText } from '../values/text.ts';
import { rowId } from './apply-rows.ts';

/** Removes a row on condition that it still says that it is derived from something. */
export async function discardRow(
  database: Database,
  { derived_rows: rows }: Names,
  { key, source }: StrayRow,
  signal: AbortSignal | undefined,
): Promise<Result> {
  const id = rowId(key);
  try {
    const removed = await database.query(
      `delete from ${rows} where id = $1::text::bytea and derived_from = $2::text returning 1 as removed`,
      [id, storedText(source)],
      signal,
    );
    if (removed.length > 0) return 'done';
    const there = await database.query(
      `select 1 as there from ${rows} where id = $1::text::bytea`,
      [id],
      signal,
    );
    return there.length === 0 ? 'done' : 'conflict';
  } catch (error) {
    signal?.throwIfAborted();
    const fault = Fault.from(error);
    return fault.kind === 'conflict' ? 'conflict' : fault;
  }
}
