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
  const values: AttributeValues = {};
  for (const name of Object.keys(item)) setMember(values, name, item[name]);
  return values;
}

/** Values as the document client gives them. */
export function nativeItem(item: AttributeValues): Record<string, NativeValue> {
  const natives: Record<string, NativeValue> = {};
  for (const name of Object.keys(item)) setOwn(natives, name, nativeValue(item[name] as AttributeValue));
  return natives;
}

function mapValues(map: ReadonlyMap<string, unknown>): AttributeValues {
  const values: AttributeValues = {};
  for (const [name, value] of map) setMember(values, name, value);
  return values;
}

function setMember(values: AttributeValues, name: string, value: unknown): void {
  if (value !== undefined) setOwn(values, name, attributeValue(value));
}

/**
 * An entry is an attribute, whatever it is called. An object without a prototype would do as well, but V8 writes such as JSON
 * in twice the time.
 */
function setOwn<T>(object: Record<string, T>, name: string, value: T): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
}

function attributeValue(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number' || typeof value === 'bigint') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof NumberValue) return { N: value.toString() };
  if (value instanceof Uint8Array) return { B: bytes(value) };
  if (Array.isArray(value)) return { L: value.map(attributeValue) };
  if (value instanceof Map) return { M: mapValues(value as Map<string, unknown>) };
  if (value instanceof Set) return setValue([...(value as Set<unknown>)]);
  if (isPlainObject(value)) return { M: attributeValuesOf(value) };
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
