import { base64 } from '../../domain/base64.ts';
import { Decimal } from '../../domain/decimal.ts';
import { type Value, ValueSet } from '../../domain/value.ts';

/** A value as records have it, in DynamoDB's JSON. */
export type EncodedValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: string[] }
  | { readonly NS: string[] }
  | { readonly BS: string[] }
  | { readonly L: EncodedValue[] }
  | { readonly M: Record<string, EncodedValue> };

/** The opposite of `decodeValue`. */
export function encodeValue(value: Value): EncodedValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value instanceof Decimal) return { N: value.text };
  if (value instanceof Uint8Array) return { B: base64(value) };
  if (value instanceof ValueSet) return encodedSet(value);
  if (Array.isArray(value)) return { L: (value as readonly Value[]).map(encodeValue) };
  return { M: encodeRecord(value as Readonly<Record<string, Value>>) };
}

export function encodeRecord(values: Readonly<Record<string, Value>>): Record<string, EncodedValue> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, encodeValue(value)]));
}

/** Members of a set are of one type. */
function encodedSet({ members }: ValueSet): EncodedValue {
  const texts = members.map((member) => {
    if (typeof member === 'string') return member;
    return member instanceof Decimal ? member.text : base64(member);
  });
  const [first] = members;
  if (first instanceof Decimal) return { NS: texts };
  return first instanceof Uint8Array ? { BS: texts } : { SS: texts };
}
