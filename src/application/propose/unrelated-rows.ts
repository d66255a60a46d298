import { compareTexts } from '../../domain/compare-texts.ts';
import { itemKey } from '../../domain/row.ts';
import type { SampledRow } from './sample.ts';

/** Rows of which each has an attribute in common with others of these, and none with any other rows. */
export interface UnrelatedRows {
  /** How many different keys. */
  readonly rows: number;
  /** Names of their attributes, sorted. */
  readonly names: readonly string[];
}

/** Fewer rows than this may lack attributes by chance. */
const SEEN_OFTEN = 3;

/**
 * Rows of one kind that look like several kinds: by attributes that do not occur together. What all rows have says nothing,
 * nor do the attributes of keys. Empty where the rows have something in common, the largest first elsewhere.
 */
export function unrelatedRows(
  rows: readonly SampledRow[],
  keys: ReadonlySet<string>,
): readonly UnrelatedRows[] {
  const seen = rows.flatMap(({ key, attributes }) =>
    attributes === undefined
      ? []
      : [{ item: itemKey(key), names: [...attributes.keys()].filter((name) => !keys.has(name)) }],
  );
  const counts = new Map<string, number>();
  for (const name of seen.flatMap(({ names }) => names)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const ofAll = new Set([...counts].flatMap(([name, count]) => (count === seen.length ? [name] : [])));
  const groups: { items: Set<string>; names: Set<string> }[] = [];
  for (const { item, names } of seen) {
    const own = names.filter((name) => !ofAll.has(name));
    // One without any of its own shows that the others' may be missing.
    if (own.length === 0) return [];
    const joined = groups.filter((group) => own.some((name) => group.names.has(name)));
    const [first = { items: new Set<string>(), names: new Set<string>() }, ...others] = joined;
    if (joined.length === 0) groups.push(first);
    first.items.add(item);
    for (const name of own) first.names.add(name);
    for (const other of others) {
      for (const one of other.items) first.items.add(one);
      for (const name of other.names) first.names.add(name);
      groups.splice(groups.indexOf(other), 1);
    }
  }
  const isSure = groups.every(
    ({ items, names }) => items.size >= SEEN_OFTEN && (names.size > 1 || ofAll.size === 0),
  );
  if (groups.length < 2 || !isSure) return [];
  return groups
    .map(({ items, names }) => ({ rows: items.size, names: [...names].toSorted(compareTexts) }))
    .toSorted((a, b) => b.rows - a.rows || compareTexts(a.names[0] ?? '', b.names[0] ?? ''));
}
