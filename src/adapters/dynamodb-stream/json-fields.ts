import { isObject } from '../../domain/json.ts';

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The string of an attribute value, `{"S": "string"}`. */
export function stringOf(value: unknown): string | undefined {
  return isObject(value) ? textOf(value['S']) : undefined;
}

/** A value for a message: short, whatever it is. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'an array';
  if (isObject(value)) return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
