import { type CountDelta, type CountMove, netDeltas } from '../../../domain/count-move.ts';
import { hashedKey } from '../values/hashed-key.ts';
import { jsonbOfRecord } from '../values/jsonb.ts';
import { storedText } from '../values/text.ts';

/** What moves do to counts, and which counts these are: two parameters of `MOVE_COUNTS`. */
export interface CountsParameters {
  readonly deltas: string;
  readonly counts: string;
}

export function countsParameters(moves: readonly CountMove[]): CountsParameters {
  const counts = new Map<string, string>();
  const deltas: unknown[] = [];
  for (const [n, move] of moves.entries()) {
    const { name } = move.source.model;
    for (const delta of netDeltas([move])) {
      const id = countId(name, delta);
      // Digits in full: PostgreSQL reads them from a text without losing one.
      deltas.push({ n, id, amount: delta.amount.text, rows: delta.rows });
      if (!counts.has(id)) counts.set(id, countJson(id, name, delta));
    }
  }
  return { deltas: JSON.stringify(deltas), counts: `[${[...counts.values()].join()}]` };
}

/** What a count's row is known by. */
export function countId(derivation: string, { at }: Pick<CountDelta, 'at'>): string {
  return hashedKey(derivation, at.partition, at.sort);
}

/** What a count's row has beside its figures, as JSON. */
export function countJson(
  id: string,
  derivation: string,
  { at, tuple }: Pick<CountDelta, 'at' | 'tuple'>,
): string {
  const json = JSON.stringify({
    id,
    derivation,
    partition: storedText(at.partition),
    sort: at.sort === undefined ? null : storedText(at.sort),
  });
  return `${json.slice(0, -1)},"tuple":${jsonbOfRecord(tuple)}}`;
}
