import type { Documents } from '../../domain/definition/documents.ts';
import { fromPlain } from '../../domain/plain-value.ts';
import type { Attributes, Value } from '../../domain/value.ts';
import type { GivenRow } from './given-row.ts';

/** A document that must be in the index. */
export interface ExpectedDocument {
  readonly derivation: string;
  readonly collection: string;
  readonly id: string;
  readonly fields: Readonly<Record<string, Value>>;
}

/**
 * A row's document, where it has one.
 *
 * @throws when a function of the definition refuses the row, or gives what it must not.
 */
export function documentsOf(
  derivation: string,
  { collection, id: idSpec, fields, constants, where }: Documents['spec'],
  row: GivenRow,
  attributes: Attributes,
): readonly ExpectedDocument[] {
  if (typeof where === 'object') {
    if (Object.entries(where).some(([part, value]) => row.key[part] !== value)) return [];
  } else if (where !== undefined) {
    const isWanted: unknown = where(row as Parameters<typeof where>[0]);
    if (typeof isWanted !== 'boolean') throw new TypeError('where gave neither true nor false');
    if (!isWanted) return [];
  }
  const id = idOf(idSpec ?? Object.keys(row.key), row.key);
  const own =
    typeof fields === 'function'
      ? computed(fields(row as Parameters<typeof fields>[0]))
      : picked(fields, attributes);
  return [{ derivation, collection, id, fields: { id, ...constants, ...own } }];
}

/** Parts of the key joined by colons, or a template of them; each percent-encoded. */
function idOf(id: readonly string[] | string, key: GivenRow['key']): string {
  const template = typeof id === 'string' ? id : id.map((name) => `<${name}>`).join(':');
  return template.replace(/<(\w+)>/g, (_, name: string) => encoded(key[name] ?? ''));
}

function encoded(part: string): string {
  const dots = part.length;
  return part === '.'.repeat(dots) ? '%2E'.repeat(dots) : encodeURIComponent(part);
}

function picked(names: readonly string[], attributes: Attributes): Record<string, Value> {
  const fields: Record<string, Value> = {};
  for (const name of names) {
    const value = attributes.get(name);
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

function computed(given: unknown): Record<string, Value> {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || Object.hasOwn(given, 'id'))
    throw new TypeError('fields gave no object, or one with an id');
  return fromPlain(given, 'fields') as Record<string, Value>;
}
