import type { SampledRow } from './sample.ts';

/** Below this share of names in common, rows are of different kinds. */
const ALIKE = 0.6;

/** What most rows of a group have; undefined where no attributes were seen but those of keys. */
export function usualNames(
  rows: readonly SampledRow[],
  keys: ReadonlySet<string>,
): ReadonlySet<string> | undefined {
  const seen = rows.filter(({ attributes }) => attributes !== undefined);
  const counts = new Map<string, number>();
  for (const { attributes } of seen)
    for (const name of attributes?.keys() ?? [])
      if (!keys.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const usual = [...counts].flatMap(([name, count]) => (2 * count >= seen.length ? [name] : []));
  return seen.length === 0 ? undefined : new Set(usual);
}

/** Whether rows of two groups have other attributes; undefined where nobody knows. */
export function areDifferent(
  one: ReadonlySet<string> | undefined,
  other: ReadonlySet<string> | undefined,
): boolean | undefined {
  if (one === undefined || other === undefined) return undefined;
  const both = [...one].filter((name) => other.has(name)).length;
  const all = one.size + other.size - both;
  return all > 0 && both / all < ALIKE;
}
