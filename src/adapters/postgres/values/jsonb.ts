import { parse } from 'lossless-json';
import { base64 } from '../../../domain/base64.ts';
import { Decimal } from '../../../domain/decimal.ts';
import { isObject } from '../../../domain/json.ts';
import { type SetMember, type Value, ValueSet } from '../../../domain/value.ts';
import { readText, storedText } from './text.ts';

/*
 * Values as `jsonb` holds them: as plain JSON, with all digits of numbers, which `jsonb` keeps. What JSON has no form for is an object
 * with one member, named as DynamoDB names the type: bytes `{"B": "AP8="}`, sets `{"SS": ["a"]}`, `{"NS": [1]}` and `{"BS": ["AP8="]}`. A map that
 * looks like one of these is within `{"M": …}`. Texts and names are as `storedText` makes them.
 */

const TYPES: readonly string[] = ['B', 'SS', 'NS', 'BS', 'M'];

/** A value, as JSON for a parameter. */
export function jsonbOf(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(storedText(value));
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Decimal) return value.text;
  if (value instanceof Uint8Array) return `{"B":"${base64(value)}"}`;
  if (value instanceof ValueSet) return jsonbOfSet(value);
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(jsonbOf).join()}]`;
  const json = jsonbOfRecord(value as Readonly<Record<string, Value>>);
  const names = Object.keys(value);
  return names.length === 1 && TYPES.includes(names[0] ?? '') ? `{"M":${json}}` : json;
}

/** Attributes, or anything else by its name: never taken for a type. */
export function jsonbOfRecord(values: Readonly<Record<string, Value>>): string {
  const members = Object.entries(values).map(
    ([name, value]) => `${JSON.stringify(storedText(name))}:${jsonbOf(value)}`,
  );
  return `{${members.join()}}`;
}

function jsonbOfSet({ members }: ValueSet): string {
  const [first] = members;
  const type = first instanceof Decimal ? 'NS' : first instanceof Uint8Array ? 'BS' : 'SS';
  const texts = members.map((member) =>
    member instanceof Uint8Array ? `"${base64(member)}"` : jsonbOf(member),
  );
  return `{"${type}":[${texts.join()}]}`;
}

/** The value that is stored so. @param json as `jsonb` gives it as a text. */
export function readJsonb(json: string): Value {
  return valueOf(parsed(json));
}

/** What is stored by `jsonbOfRecord`. The object has no prototype, as a map of the table has none. */
export function readJsonbRecord(json: string): Readonly<Record<string, Value>> {
  return recordOf(parsed(json) as object);
}

function parsed(json: string): unknown {
  return parse(json, undefined, numberOf);
}

/** `jsonb` writes all zeros of a large or small number: they are read as an exponent, as such a number is mostly written. */
function numberOf(digits: string): Decimal {
  const number = Decimal.parse(digits) as Decimal;
  if (digits.length <= MANY) return number;
  const { canonical } = number;
  return canonical.length < digits.length ? (Decimal.parse(canonical) as Decimal) : number;
}

/** From so many on, JavaScript writes an exponent. */
const MANY = 21;

function valueOf(stored: unknown): Value {
  if (typeof stored === 'string') return readText(stored);
  if (Array.isArray(stored)) return stored.map(valueOf);
  if (!isObject(stored) || stored instanceof Decimal) return stored as Value;
  const [type, ...others] = Object.keys(stored);
  if (type === undefined || others.length > 0 || !TYPES.includes(type)) return recordOf(stored);
  const content = stored[type];
  if (type === 'M') return recordOf(content as object);
  if (type === 'B') return Buffer.from(content as string, 'base64');
  const members = content as readonly (string | Decimal)[];
  return new ValueSet(members.map((member) => memberOf(type, member)));
}

function memberOf(type: string, member: string | Decimal): SetMember {
  if (typeof member !== 'string') return member;
  return type === 'BS' ? Buffer.from(member, 'base64') : readText(member);
}

function recordOf(stored: object): Readonly<Record<string, Value>> {
  const record = Object.create(null) as Record<string, Value>;
  for (const [name, value] of Object.entries(stored)) record[readText(name)] = valueOf(value);
  return record;
}
