import { compareUtf8 } from '../../../domain/compare-texts.ts';
import { Decimal } from '../../../domain/decimal.ts';
import type { DocumentFields } from '../../../domain/search-document.ts';
import { nameOfValue, type Single, valuesAt } from './field-values.ts';

export interface SearchSort {
  /** A field, or a path into maps. Of lists and sets, the first member decides. */
  readonly field: string;
  /** Ascending unless given. Documents without the field come last, either way. */
  readonly order?: 'asc' | 'desc';
}

/** The order of documents by fields: numbers exactly, before texts, before all else. */
export function orderOf(sorts: readonly SearchSort[]): (a: DocumentFields, b: DocumentFields) => number {
  return (a, b) => {
    for (const { field, order } of sorts) {
      const [one, other] = [valuesAt(a, field)[0], valuesAt(b, field)[0]];
      if (one === undefined || other === undefined) {
        if (one === other) continue;
        return one === undefined ? 1 : -1;
      }
      const difference = compared(one, other);
      if (difference !== 0) return order === 'desc' ? -difference : difference;
    }
    return 0;
  };
}

function compared(a: Single, b: Single): number {
  const ranks = rankOf(a) - rankOf(b);
  if (ranks !== 0) return ranks;
  if (a instanceof Decimal && b instanceof Decimal)
    return a.isStorable() && b.isStorable() ? a.compare(b) : 0;
  return compareUtf8(nameOfValue(a), nameOfValue(b));
}

function rankOf(value: Single): number {
  if (value instanceof Decimal) return 0;
  return typeof value === 'string' ? 1 : 2;
}
