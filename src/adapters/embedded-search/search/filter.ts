import { compareUtf8 } from '../../../domain/compare-texts.ts';
import { Decimal } from '../../../domain/decimal.ts';
import { Fault } from '../../../domain/fault.ts';
import type { DocumentFields } from '../../../domain/search-document.ts';
import { nameOfValue, type Single, valuesAt } from './field-values.ts';

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

/** @throws Fault `configuration` for a range that no document can be compared with. */
export function filterOf({ field, is, value }: SearchFilter): (fields: DocumentFields) => boolean {
  const text = String(value);
  const number = Decimal.parse(text);
  // The digits of a huge exponent would be as many.
  const storable = number?.isStorable() === true ? number : undefined;
  const fits = (one: Single) => {
    const order = compared(one, text, storable);
    return order !== undefined && ORDERS[is === '!=' ? '=' : is](order);
  };
  if (is === '!=') return (fields) => !valuesAt(fields, field).some(fits);
  if (is !== '=' && number !== undefined && storable === undefined)
    throw new Fault('configuration', `${field} ${is} ${text}: no field holds numbers of that size`);
  return (fields) => valuesAt(fields, field).some(fits);
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
  if (value instanceof Decimal) {
    if (number !== undefined && value.isStorable()) return value.compare(number);
    return number?.equals(value) === true ? 0 : undefined;
  }
  return nameOfValue(value) === text ? 0 : undefined;
}
