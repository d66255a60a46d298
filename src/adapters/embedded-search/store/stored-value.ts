import { Decimal } from '../../../domain/decimal.ts';
import { isObject } from '../../../domain/json.ts';
import { type SetMember, type Value, ValueSet } from '../../../domain/value.ts';

/**
 * A value as JSON that loses nothing: texts, flags, null and lists as they are, all else in an object that says what it is:
 * numbers `{"N":"1.50"}`, bytes `{"B":"base64"}`, sets `{"SET":[…]}`, maps `{"M":{…}}`.
 */
export function toStored(value: Value): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Decimal) return { N: value.text };
  if (value instanceof Uint8Array)
    return { B: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
  if (value instanceof ValueSet) return { SET: value.members.map(toStored) };
  if (Array.isArray(value)) return (value as readonly Value[]).map(toStored);
  return { M: toStoredFields(value as Readonly<Record<string, Value>>) };
}

/** Without a prototype, and so without a `toJSON` but one that is a field. */
export function toStoredFields(fields: Readonly<Record<string, Value>>): Readonly<Record<string, unknown>> {
  const stored = Object.create(null) as Record<string, unknown>;
  for (const name of Object.keys(fields)) stored[name] = toStored(fields[name] ?? null);
  return stored;
}

/** The opposite. @throws TypeError for what `toStored` never makes. */
export function fromStored(stored: unknown): Value {
  if (stored === null || typeof stored === 'string' || typeof stored === 'boolean') return stored;
  if (Array.isArray(stored)) return stored.map(fromStored);
  if (!isObject(stored)) throw new TypeError('no stored value');
  const { N: number, B: bytes, SET: members, M: fields } = stored;
  if (typeof number === 'string') return decimalOf(number);
  if (typeof bytes === 'string') return new Uint8Array(Buffer.from(bytes, 'base64'));
  if (Array.isArray(members)) return new ValueSet(members.map(fromStored) as SetMember[]);
  return fromStoredFields(fields, Object.create(null) as Record<string, Value>);
}

/** Adds the fields to an object, which is returned. */
export function fromStoredFields(
  stored: unknown,
  fields: Record<string, Value>,
): Readonly<Record<string, Value>> {
  if (!isObject(stored)) throw new TypeError('no stored fields');
  for (const name of Object.keys(stored)) fields[name] = fromStored(stored[name]);
  return fields;
}

function decimalOf(text: string): Decimal {
  const decimal = Decimal.parse(text);
  if (decimal === undefined) throw new TypeError('no stored number');
  return decimal;
}
