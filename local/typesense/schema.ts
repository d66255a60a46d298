import { isInteger, isNumber, isRecord, type Json } from './json.ts';

/** A field as a collection keeps it, with what the server adds (Collection::get_summary_json, src/collection.cpp:323). */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly [setting: string]: Json;
}

/** What is wrong with a field's declaration; otherwise the field with the server's own defaults. */
export function declaredField(given: Json): Field | string {
  if (!isRecord(given) || typeof given['name'] !== 'string' || typeof given['type'] !== 'string')
    return 'Wrong format for `fields`. It should be an array of objects containing `name`, `type`, `optional` and `facet` properties.';
  const type = given['type'];
  if (!Object.hasOwn(CHECKS, type.replace(/\[\]$/, '')))
    return `Field \`${given['name']}\` has an invalid data type \`${type}\`.`;
  return {
    facet: false,
    index: true,
    infix: false,
    locale: '',
    optional: false,
    // Of all numbers and flags (src/field.h).
    sort: /^(?:int32|int64|float|bool)/.test(type),
    stem: false,
    store: true,
    ...given,
    name: given['name'],
    type,
  };
}

const CHECKS: Readonly<Record<string, (value: Json) => boolean>> = {
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  // Not checked for its range: the index wraps (src/index.cpp:887), the document stays as it came.
  int32: isInteger,
  int64: isInteger,
  float: isNumber,
};

/**
 * Checks a document against the declared fields, as `dirty_values` REJECT does, which is the default where every field is
 * declared (src/collection.cpp:7273; src/validator.cpp:10-175, 640-690). Takes null out of the document, or makes a list of it.
 *
 * @returns what is wrong, in the server's words.
 */
export function dirtyValue(document: Record<string, Json>, fields: readonly Field[]): string | undefined {
  for (const { name, type, optional } of fields) {
    if (!Object.hasOwn(document, name)) {
      if (optional) continue;
      return `Field \`${name}\` has been declared in the schema, but is not found in the document.`;
    }
    if (document[name] === null && optional) {
      Reflect.deleteProperty(document, name);
      continue;
    }
    const single = type.replace(/\[\]$/, '');
    const fits = CHECKS[single] ?? (() => true);
    if (single === type) {
      if (!fits(document[name])) return `Field \`${name}\` must be ${ARTICLES[single]} ${single}.`;
      continue;
    }
    // Null for a required list becomes an empty one.
    const list: unknown = document[name] === null ? (document[name] = []) : document[name];
    if (!Array.isArray(list)) return `Field \`${name}\` must be an array.`;
    if (!list.every(fits)) return `Field \`${name}\` must be an array of ${single}.`;
  }
  return undefined;
}

const ARTICLES: Readonly<Record<string, string>> = {
  string: 'a',
  bool: 'a',
  float: 'a',
  int32: 'an',
  int64: 'an',
};
