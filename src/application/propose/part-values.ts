import { Decimal } from '../../domain/decimal.ts';
import type { Value } from '../../domain/value.ts';

/** How a value is written where it stands in a key: of a number its digits. Undefined for what is in no key. */
export function textOfValue(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof Decimal && value.isStorable() ? value.digits : undefined;
}
