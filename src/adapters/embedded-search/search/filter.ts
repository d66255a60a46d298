import { compareUtf8 } from '../../../domain/compare-texts.ts';
import { Decimal } from '../../../domain/decimal.ts';
import type { DocumentFields } from '../../../domain/search-document.ts';
import { nameOfValue, type Single, valuesAt } from './field-values.ts';
import { compareNumbers } from './numbers.ts';

export const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='] as const;

/** What documents must be to be found. */
export interface SearchFilter {
  /** A field, or a path into maps: `address.city`. Of lists and sets, one member that fits is enough. */
  readonly field: string;
  readonly is: (typeof COMPARISONS)[number];
  /**
   * What to compare with: numbers by all their digits, texts by their characters, `true`, `false` and `null` by name,
   * bytes by their base64. A field of another type is not found. `!=` is the opposite of `=`: it finds
   * documents without the field, too.
   */
  readonly value: string | number | bigint | boolean;
}

export function filterOf({ field, is, value }: SearchFilter): (fields: DocumentFields) => boolean {
  const text = String(value);
  const number = Decimal.parse(text);
  const fits = (one: Single) => {
    const order = compared(one, text, number);
    return order !== undefined && ORDERS[is === '!=' ? '=' : is](order);
  };
  return (fields) => valuesAt(fields, field).some(fits) === (is !== '!=');
}

const ORDERS = {
  '=': (order: number) => order === 0,
  '<': (order: number) => order < 0,
  '<=': (order: number) => order <= 0,
  '>': (order: number) => order > 0,
  '>=': (order: number) => order >= 0,
};

/** Below 0 where the value comes first; undefined where the two have no order, and are not the same. */
function compared(value: Single, text: string, number: Decimal | undefined): number | undefined {
  if (typeof value === 'string') return compareUtf8(value, text);
  if (value instanceof Decimal) return number && compareNumbers(value, number);
  return nameOfValue(value) === text ? 0 : undefined;
}
