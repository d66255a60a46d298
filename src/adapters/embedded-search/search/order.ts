import { compareUtf8 } from '../../../domain/compare-texts.ts';
import { Decimal } from '../../../domain/decimal.ts';
import type { DocumentFields } from '../../../domain/search-document.ts';
import { nameOfValue, type Single, valuesAt } from './field-values.ts';
import { compareNumbers } from './numbers.ts';

/** A field that documents are sorted by. */
export interface SearchSort {
  /** A field, or a path into maps. Of lists and sets, the first member decides. */
  readonly field: string;
  /** Ascending unless given. Documents without the field come last, either way. */
  readonly order?: 'asc' | 'desc';
}

/** What decides on a document's place: a value for each field, if it has one. */
export type SortKey = readonly (Single | undefined)[];

export function sortKeyOf(fields: DocumentFields, sorts: readonly SearchSort[]): SortKey {
  return sorts.map(({ field }) => valuesAt(fields, field)[0]);
}

/** The order of documents by fields: numbers exactly, before texts, before all else. */
export function compareSortKeys(a: SortKey, b: SortKey, sorts: readonly SearchSort[]): number {
  for (const [n, { order }] of sorts.entries()) {
    const [one, other] = [a[n], b[n]];
    if (one === undefined || other === undefined) {
      if (one !== other) return one === undefined ? 1 : -1;
      continue;
    }
    const difference = compared(one, other);
    if (difference !== 0) return order === 'desc' ? -difference : difference;
  }
  return 0;
}

function compared(a: Single, b: Single): number {
  const ranks = rankOf(a) - rankOf(b);
  if (ranks !== 0) return ranks;
  if (a instanceof Decimal && b instanceof Decimal) return compareNumbers(a, b) ?? 0;
  return compareUtf8(nameOfValue(a), nameOfValue(b));
}

function rankOf(value: Single): number {
  if (value instanceof Decimal) return 0;
  return typeof value === 'string' ? 1 : 2;
}
