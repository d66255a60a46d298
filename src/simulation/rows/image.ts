import { base64 } from '../../domain/base64.ts';
import { Decimal } from '../../domain/decimal.ts';
import { type Value, ValueSet } from '../../domain/value.ts';

/** A value as DynamoDB's JSON has it: a number is its digits as a string, bytes are base64. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: Image };

/** A row, or a key, as a stream record carries it. It has no prototype, so that any name is just a name. */
export interface Image {
  readonly [name: string]: AttributeValue;
}

export function imageOf(attributes: Iterable<readonly [name: string, value: Value]>): Image {
  const image = Object.create(null) as Record<string, AttributeValue>;
  for (const [name, value] of attributes) image[name] = attributeValue(value);
  return image;
}

function attributeValue(value: Value): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value instanceof Decimal) return { N: value.text };
  if (value instanceof Uint8Array) return { B: base64(value) };
  if (value instanceof ValueSet) return setValue(value);
  if (Array.isArray(value)) return { L: (value as readonly Value[]).map(attributeValue) };
  return { M: imageOf(Object.entries(value)) };
}

function setValue({ members }: ValueSet): AttributeValue {
  if (members.every((member) => member instanceof Decimal)) return { NS: members.map(({ text }) => text) };
  if (members.every((member) => member instanceof Uint8Array)) return { BS: members.map(base64) };
  return { SS: members.map(String) };
}
