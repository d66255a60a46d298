import { NumberValue } from '@aws-sdk/lib-dynamodb';
import { Decimal } from '../../../domain/decimal.ts';
import { Fault } from '../../../domain/fault.ts';
import { type SetMember, type Value, ValueSet } from '../../../domain/value.ts';

/** What the document client takes and gives, with `wrapNumbers`, so that no digit is lost. */
export type NativeValue = unknown;

/** A domain value as the document client takes it. */
export function toNative(value: Value): NativeValue {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (value instanceof Decimal) return NumberValue.from(value.text);
  if (value instanceof ValueSet) return new Set(value.members.map(toNative));
  if (Array.isArray(value)) return (value as readonly Value[]).map(toNative);
  // A Map, because the SDK takes an object with an attribute `constructor` for a class instance and refuses it.
  return new Map(Object.entries(value).map(([name, member]) => [name, toNative(member)]));
}

/** What the document client gives as a domain value. */
export function fromNative(native: NativeValue): Value {
  if (native === null || typeof native === 'string' || typeof native === 'boolean') return native;
  if (native instanceof Uint8Array) return native;
  if (native instanceof NumberValue) return decimal(native.toString());
  if (typeof native === 'number' || typeof native === 'bigint') return decimal(String(native));
  if (native instanceof Set)
    return new ValueSet([...native].map((member) => fromNative(member) as SetMember));
  if (Array.isArray(native)) return native.map(fromNative);
  if (typeof native === 'object') return fromNativeMap(native as Record<string, unknown>);
  throw new Fault('configuration', `the table holds a value of an unknown type: ${typeof native}`);
}

function fromNativeMap(native: Readonly<Record<string, unknown>>): Value {
  const map = Object.create(null) as Record<string, Value>;
  for (const [name, member] of Object.entries(native)) map[name] = fromNative(member);
  return map;
}

function decimal(text: string): Decimal {
  const parsed = Decimal.parse(text);
  if (parsed === undefined)
    throw new Fault('configuration', `the table holds an invalid number: ${text}`, {
      reason: 'the table holds an invalid number',
    });
  return parsed;
}
