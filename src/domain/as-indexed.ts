import { emptyIdFault } from './empty-id.ts';
import { Fault } from './fault.ts';
import { fitOf } from './field-value.ts';
import type { DocumentFields, DocumentKey } from './search-document.ts';
import type { SearchField, SearchSchema } from './search-schema.ts';
import type { Value } from './value.ts';

/** A field, and what makes of a value what it holds. */
interface FittingField extends SearchField {
  readonly fit: ReturnType<typeof fitOf>;
}

/** The fields of a schema by name. */
export interface FieldsByName {
  readonly fields: ReadonlyMap<string, FittingField>;
  /** How many of them each document must have. */
  readonly required: number;
}

export function fieldsByName({ fields }: SearchSchema): FieldsByName {
  return {
    fields: new Map(fields.map((field) => [field.name, { ...field, fit: fitOf(field.type) }])),
    required: fields.filter(({ optional }) => optional !== true).length,
  };
}

/**
 * A document as a collection of a schema holds it: every field as its type says, null left out, `id` first. It is checked
 * before it is sent, because engines do not check all: an int32 that is too large wraps around, digits are rounded.
 *
 * @returns the very same where nothing has to be changed. Otherwise a Fault that names the collection, the id and the field, and nothing of what the document says:
 *   `permanent` where a value does not fit, `configuration` where the schema does not know the field.
 */
export function asIndexed(
  { collection, id }: DocumentKey,
  document: DocumentFields,
  known: FieldsByName,
): DocumentFields | Fault {
  if (id === '') return emptyIdFault(collection);
  if (!id.isWellFormed())
    return refusal(collection, id, 'the id is not well-formed Unicode', 'ids are not well-formed');
  if (isAsIndexed(id, document, known)) return document;
  const { fields, required } = known;
  // Not without a prototype: V8 takes twice as long for such objects.
  const indexed: Record<string, Value> = { id };
  let found = 0;
  for (const name in document) {
    if (!Object.hasOwn(document, name)) continue;
    const value = document[name] as Value;
    if (name === 'id' || value === null) continue;
    const field = fields.get(name);
    if (field === undefined) return unknownField(collection, id, name);
    const fit = field.fit(value);
    if (fit === undefined) {
      const problem = `field ${JSON.stringify(name)} holds what does not fit into ${field.type}`;
      return refusal(collection, id, problem, problem);
    }
    if (name === '__proto__') Object.defineProperty(indexed, name, { value: fit, enumerable: true });
    else indexed[name] = fit;
    if (field.optional !== true) found++;
  }
  if (found === required) return indexed;
  for (const { name, optional } of fields.values())
    if (optional !== true && !Object.hasOwn(indexed, name)) {
      const problem = `field ${JSON.stringify(name)} is missing, and the schema does not say that it is optional`;
      return refusal(collection, id, problem, problem);
    }
  return indexed;
}

/** Whether nothing has to be changed, as in nearly all: its id is first, and each value fits as it is. */
function isAsIndexed(id: string, document: DocumentFields, { fields, required }: FieldsByName): boolean {
  let place = 0;
  let found = 0;
  for (const name in document) {
    if (!Object.hasOwn(document, name)) continue;
    const value = document[name] as Value;
    if (place++ === 0) {
      if (name !== 'id' || value !== id) return false;
      continue;
    }
    const field = fields.get(name);
    if (field === undefined || field.fit(value) !== value) return false;
    if (field.optional !== true) found++;
  }
  return place > 0 && found === required;
}

function refusal(collection: string, id: string, problem: string, reason: string): Fault {
  return new Fault('permanent', `${collection} ${JSON.stringify(id)}: ${problem}`, {
    reason: `${collection}: ${reason}`,
  });
}

function unknownField(collection: string, id: string, name: string): Fault {
  const problem = `the schema of the collection has no field ${JSON.stringify(name)}: declare it, or leave it out of the documents`;
  return new Fault('configuration', `${collection} ${JSON.stringify(id)}: ${problem}`, {
    reason: `${collection}: ${problem}`,
  });
}
