import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { NumberValue } from '@aws-sdk/lib-dynamodb';
import { Fault } from '../../../domain/fault.ts';
import { isPlainObject, kindOf } from '../../../domain/plain-value.ts';
import type { NativeValue } from './native-value.ts';

/*
 * What the document client does with each request, for those of which a batch sends many: its own pass over the request and
 * over the SDK's middleware takes a sixth of what sending takes. It passes the SDK's own commands on as they are.
 */

/** An item, a key, or the values of an expression; members that are undefined are left out. */
export type NativeItem = Readonly<Record<string, NativeValue>>;
type AttributeValues = Record<string, AttributeValue>;

/** Native values as DynamoDB takes them, for `plain` inputs. */
export function attributeValuesOf(item: NativeItem): AttributeValues {
  return memberValues(Object.entries(item));
}

/** Values as the document client gives them. */
export function nativeItem(item: AttributeValues): Record<string, NativeValue> {
  // An entry is an attribute, whatever it is called.
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, nativeValue(value)]));
}

function memberValues(members: Iterable<readonly [name: string, value: unknown]>): AttributeValues {
  // Without a prototype, an attribute may be called as it likes.
  const values = Object.create(null) as AttributeValues;
  for (const [name, value] of members) if (value !== undefined) values[name] = attributeValue(value);
  return values;
}

function attributeValue(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number' || typeof value === 'bigint') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof NumberValue) return { N: value.toString() };
  if (value instanceof Uint8Array) return { B: bytes(value) };
  if (Array.isArray(value)) return { L: value.map(attributeValue) };
  if (value instanceof Map) return { M: memberValues(value as Map<string, unknown>) };
  if (value instanceof Set) return setValue([...(value as Set<unknown>)]);
  if (isPlainObject(value)) return { M: memberValues(Object.entries(value)) };
  throw new Fault('configuration', `a value cannot be written to a table: ${kindOf(value)}`);
}

function nativeValue(value: AttributeValue): NativeValue {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return NumberValue.from(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.B !== undefined) return bytesIn(value.B);
  if (value.L !== undefined) return value.L.map(nativeValue);
  if (value.M !== undefined) return nativeItem(value.M);
  if (value.SS !== undefined) return new Set(value.SS);
  if (value.NS !== undefined) return new Set(value.NS.map((digits) => NumberValue.from(digits)));
  if (value.BS !== undefined) return new Set(value.BS.map(bytesIn));
  // What only a later version of the service knows is refused by those who take it for a value.
  return undefined;
}

/** Bytes as answers to plain requests have them, in base64, or as the SDK has read them. */
function bytesIn(value: Uint8Array | string): Uint8Array {
  return typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value;
}

/** A set has at least one member, and all of one type. */
function setValue(members: readonly unknown[]): AttributeValue {
  const [first] = members;
  if (typeof first === 'string') return { SS: members as string[] };
  if (first instanceof Uint8Array) return { BS: (members as Uint8Array[]).map(bytes) };
  return { NS: members.map(String) };
}

function bytes({ buffer, byteOffset, byteLength }: Uint8Array): Bytes {
  return new Bytes(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** Bytes that `JSON.stringify` writes as DynamoDB takes them. */
class Bytes extends Uint8Array {
  toJSON(): string {
    return Buffer.from(this.buffer, this.byteOffset, this.byteLength).toString('base64');
  }
}
