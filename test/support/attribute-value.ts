import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { Decimal } from '../../src/domain/decimal.ts';
import { type Value, ValueSet } from '../../src/domain/value.ts';

/** A value as DynamoDB's own protocol has it. By hand, because `marshall` cannot be given every value. */
export function attributeValue(value: Value): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value instanceof Decimal) return { N: value.text };
  if (value instanceof Uint8Array) return { B: value };
  if (value instanceof ValueSet) return attributeSet(value);
  if (Array.isArray(value)) return { L: (value as readonly Value[]).map(attributeValue) };
  return { M: attributeValues(value as Readonly<Record<string, Value>>) };
}

/** A row's attributes. Without a prototype, so that any name is just a name. */
export function attributeValues(attributes: Readonly<Record<string, Value>>): Record<string, AttributeValue> {
  const encoded = Object.create(null) as Record<string, AttributeValue>;
  for (const [name, value] of Object.entries(attributes)) encoded[name] = attributeValue(value);
  return encoded;
}

function attributeSet({ members }: ValueSet): AttributeValue {
  if (members.every((member) => member instanceof Decimal)) return { NS: members.map(({ text }) => text) };
  if (members.every((member) => member instanceof Uint8Array)) return { BS: [...members] };
  return { SS: members.map(String) };
}
