import { compareTexts } from '../../domain/compare-texts.ts';
import { areDifferent, usualNames } from './attribute-sets.ts';
import type { SampledRow } from './sample.ts';
import { TELLING_NAMES } from './split-kinds.ts';

/** Values of an attribute that tells kinds apart: more would be data. */
const MOST_VALUES = 30;
const SEEN_OFTEN = 2;

export interface Told {
  readonly attribute: string;
  /** Rows by what the attribute says. Those without it, or with something else in it, are of no kind. */
  readonly rows: ReadonlyMap<string, readonly SampledRow[]>;
}

/**
 * The attribute that tells rows with such keys apart: one of a name that says so, which separates rows that differ in
 * what they have; or any, where the rows that it separates have nothing else in common. Undefined where there is none, or
 * where only keys were seen.
 */
export function toldApart(rows: readonly SampledRow[], keys: ReadonlySet<string>): Told | undefined {
  for (const attribute of TELLING_NAMES) {
    const told = toldBy(attribute, rows, keys, 0.1);
    if (told === undefined) continue;
    const others = new Set([...keys, attribute]);
    const [first, ...rest] = [...told.rows.values()].map((some) => usualNames(some, others));
    if (rest.some((set) => areDifferent(first, set) === true)) return told;
  }
  return [...(rows[0]?.attributes?.keys() ?? [])]
    .flatMap((attribute) => toldBy(attribute, rows, keys, 0) ?? [])
    .filter((told) => haveNothingInCommon(told, keys))
    .toSorted((a, b) => a.rows.size - b.rows.size || compareTexts(a.attribute, b.attribute))[0];
}

/** Rows by an attribute that can tell kinds: a text with few values, each often. @param mostWithout a share of the rows. */
function toldBy(
  attribute: string,
  rows: readonly SampledRow[],
  keys: ReadonlySet<string>,
  mostWithout: number,
): Told | undefined {
  if (keys.has(attribute)) return undefined;
  const byValue = new Map<string, SampledRow[]>();
  let without = 0;
  for (const row of rows) {
    const value = row.attributes?.get(attribute);
    if (typeof value !== 'string' || value === '' || !value.isWellFormed()) without++;
    else {
      const known = byValue.get(value);
      if (known === undefined) byValue.set(value, [row]);
      else known.push(row);
    }
  }
  if (byValue.size < 2 || byValue.size > MOST_VALUES || without > mostWithout * rows.length) return undefined;
  return [...byValue.values()].some((some) => some.length < SEEN_OFTEN)
    ? undefined
    : { attribute, rows: byValue };
}

/** Whether rows with one value have attributes, and none that rows with another have; but for fewer that all rows have. */
function haveNothingInCommon({ attribute, rows }: Told, keys: ReadonlySet<string>): boolean {
  const all = [...rows.values()].flat();
  const ofAll = new Set(
    [...(all[0]?.attributes?.keys() ?? [])].filter(
      (name) => !keys.has(name) && name !== attribute && all.every((row) => row.attributes?.has(name)),
    ),
  );
  const seen = new Set<string>();
  return [...rows.values()].every((some) => {
    const own = new Set(some.flatMap((row) => [...(row.attributes?.keys() ?? [])]));
    const names = [...own].filter((name) => !keys.has(name) && name !== attribute && !ofAll.has(name));
    const isApart = names.length > ofAll.size && !names.some((name) => seen.has(name));
    for (const name of names) seen.add(name);
    return isApart;
  });
}
