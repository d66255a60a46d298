import { base64 } from './base64.ts';
import { Decimal } from './decimal.ts';
import { toJson } from './json.ts';
import { type FieldType, partsOf } from './search-schema.ts';
import { type Value, ValueSet } from './value.ts';

/**
 * A value as a field of a type holds it, exactly; undefined where it does not fit. Sets become lists in a fixed order, bytes
 * base64. Null in a list is left out: there is nothing to find in it. A number in a field of strings is all of its digits.
 */
export function fitted(type: FieldType, value: Value): Value | undefined {
  return fitOf(type)(value);
}

/** The same for all values of a field. */
export function fitOf(type: FieldType): (value: Value) => Value | undefined {
  const { single, isList } = partsOf(type);
  const fit = FITS[single];
  if (!isList) return fit;
  return (value) => {
    const members = membersOf(value);
    if (members === undefined) return undefined;
    const list: Value[] = [];
    for (const member of members) {
      if (member === null) continue;
      const fitting = fit(member);
      if (fitting === undefined) return undefined;
      list.push(fitting);
    }
    return list;
  };
}

/** The members of a list or a set, those of a set in a fixed order; undefined for all else. */
export function membersOf(value: Value): readonly Value[] | undefined {
  if (Array.isArray(value)) return value as readonly Value[];
  if (!(value instanceof ValueSet)) return undefined;
  return value.members
    .map((member) => ({ member, json: toJson(member) }))
    .toSorted((a, b) => (a.json < b.json ? -1 : 1))
    .map(({ member }) => member);
}

const FITS = {
  string: textOf,
  bool: (value: Value) => (typeof value === 'boolean' ? value : undefined),
  int32: (value: Value) => integerWithin(value, 31n),
  int64: (value: Value) => integerWithin(value, 63n),
  float: (value: Value) => (value instanceof Decimal && isExactDouble(value) ? value : undefined),
} satisfies Record<ReturnType<typeof partsOf>['single'], (value: Value) => Value | undefined>;

function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? value : undefined;
  if (value instanceof Uint8Array) return base64(value);
  if (!(value instanceof Decimal)) return undefined;
  return value.isStorable() ? value.digits : value.text;
}

const SHORT_INTEGER = /^(?:0|-?[1-9]\d{0,8})$/;

/** In digits alone: `1E+2` and `100.0` are integers, but their JSON is no engine's. */
function integerWithin(value: Value, bits: bigint): Decimal | undefined {
  if (!(value instanceof Decimal)) return undefined;
  // Nearly all are short, and those of nine digits fit into 31 bits.
  if (SHORT_INTEGER.test(value.text)) return value;
  const [digits = '0', exponent = '0'] = value.canonical.split('e');
  const zeros = Number(exponent);
  // No integer of 64 bits has more digits than 19.
  if (zeros < 0 || digits.length + zeros > 20) return undefined;
  const integer = BigInt(digits) * 10n ** BigInt(zeros);
  return integer >= -(2n ** bits) && integer < 2n ** bits ? Decimal.parse(String(integer)) : undefined;
}

/** Whether a number comes back from a double with the digits that it has. */
export function isExactDouble(decimal: Decimal): boolean {
  const number = Number(decimal.text);
  return Number.isFinite(number) && decimal.equals(Decimal.parse(String(number)) as Decimal);
}
