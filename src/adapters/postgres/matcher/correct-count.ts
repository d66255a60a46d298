import type { Result } from '../../../application/result.ts';
import { countKey } from '../../../domain/count.ts';
import { type CountCorrection, correctionFault } from '../../../domain/count-correction.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Database } from '../client/database.ts';
import type { Names } from '../schema/names.ts';
import { countId, countJson } from './counts-parameter.ts';

/** Sets a count right on condition that it is as it was seen: whoever moves it at the same moment comes before that, or after it. */
export async function correctCount(
  database: Database,
  names: Names,
  correction: CountCorrection,
  signal: AbortSignal | undefined,
): Promise<Result> {
  const impossible = correctionFault(correction);
  if (impossible !== undefined) return impossible;
  const { model, tuple, seen, to } = correction;
  const at = countKey(model, tuple);
  const id = countId(model.name, { at });
  // Digits in full: PostgreSQL reads them from a text without losing one.
  const isAsSeen = [id, seen?.count.text, seen?.rows];
  const toBe = [to?.count.text, to?.rows];
  try {
    const changed =
      seen === undefined
        ? await database.query(
            to === undefined ? none(names) : create(names),
            to === undefined ? [id] : [`[${countJson(id, model.name, { at, tuple })}]`, ...toBe],
            signal,
          )
        : await database.query(
            to === undefined ? remove(names) : change(names),
            to === undefined ? isAsSeen : [...isAsSeen, ...toBe],
            signal,
          );
    return changed.length > 0 ? 'done' : 'conflict';
  } catch (error) {
    signal?.throwIfAborted();
    const fault = Fault.from(error);
    return fault.kind === 'conflict' ? 'conflict' : fault;
  }
}

/** A count in which no row is counted any more is none. */
function none({ counts }: Names): string {
  return `select 1 as changed where not exists (select 1 from ${counts} where id = $1::text::bytea and rows <> 0)`;
}

function create({ counts }: Names): string {
  return `insert into ${counts} as c (id, derivation, partition, sort, tuple, count, rows)
select k.id, k.derivation, k.partition, k.sort, k.tuple, $2::numeric, $3::bigint
from json_to_recordset($1::json) as k(id bytea, derivation text, partition text, sort text, tuple jsonb)
on conflict (id) do update set count = excluded.count, rows = excluded.rows where c.rows = 0
returning 1 as changed`;
}

function change({ counts }: Names): string {
  return `update ${counts} set count = $4::numeric, rows = $5::bigint
where id = $1::text::bytea and count = $2::numeric and rows = $3::bigint
returning 1 as changed`;
}

function remove({ counts }: Names): string {
  return `delete from ${counts} where id = $1::text::bytea and count = $2::numeric and rows = $3::bigint
returning 1 as changed`;
}
