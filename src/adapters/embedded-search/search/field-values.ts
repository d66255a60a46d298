import { Decimal } from '../../../domain/decimal.ts';
import { base64 } from '../../../domain/base64.ts';
import type { DocumentFields } from '../../../domain/search-document.ts';
import { type Value, ValueSet } from '../../../domain/value.ts';
import { digitsOf } from './numbers.ts';

/** A value that holds no others. */
export type Single = null | boolean | string | Decimal | Uint8Array;

/**
 * The values at a path: a field's name, or names of maps within each other with dots between them, `address.city`. Lists and
 * sets give all of their members, also lists of maps. A name that has dots itself comes first. Maps are no values themselves.
 */
export function valuesAt(fields: DocumentFields, path: string): Single[] {
  const found: Single[] = [];
  if (Object.hasOwn(fields, path)) collect(fields[path] ?? null, found);
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const name = path.slice(0, dot);
    if (!Object.hasOwn(fields, name)) continue;
    for (const map of mapsIn(fields[name] ?? null)) found.push(...valuesAt(map, path.slice(dot + 1)));
  }
  return found;
}

function collect(value: Value, found: Single[]): void {
  if (isSingle(value)) found.push(value);
  else if (value instanceof ValueSet) found.push(...value.members);
  else if (Array.isArray(value)) for (const member of value as readonly Value[]) collect(member, found);
}

function mapsIn(value: Value): readonly DocumentFields[] {
  if (isSingle(value) || value instanceof ValueSet) return [];
  return Array.isArray(value) ? (value as readonly Value[]).flatMap(mapsIn) : [value as DocumentFields];
}

function isSingle(value: Value): value is Single {
  return (
    typeof value !== 'object' || value === null || value instanceof Decimal || value instanceof Uint8Array
  );
}

/** How a value is written where it is named: in filters and facets. Numbers that are the same are written the same. */
export function nameOfValue(value: Single): string {
  if (value instanceof Uint8Array) return base64(value);
  if (value instanceof Decimal) return digitsOf(value);
  return String(value);
}
