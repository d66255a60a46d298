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
 * The attribute that tells rows with such keys apart; undefined where there is none that separates rows which differ in
 * what they have, or where only keys were seen.
 */
export function toldApart(rows: readonly SampledRow[], keys: ReadonlySet<string>): Told | undefined {
  for (const attribute of TELLING_NAMES) {
    if (keys.has(attribute)) continue;
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
    if (byValue.size < 2 || byValue.size > MOST_VALUES || 10 * without > rows.length) continue;
    if ([...byValue.values()].some((some) => some.length < SEEN_OFTEN)) continue;
    const others = new Set([...keys, attribute]);
    const sets = [...byValue.values()].map((some) => usualNames(some, others));
    const [first, ...rest] = sets;
    if (rest.some((set) => areDifferent(first, set) === true)) return { attribute, rows: byValue };
  }
  return undefined;
}
