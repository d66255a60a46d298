import { Decimal } from './decimal.ts';
import { Fault } from './fault.ts';
import { fitted, isExactDouble, membersOf } from './field-value.ts';
import type { DocumentFields, DocumentModel } from './search-document.ts';
import type { FieldType, SearchField, SearchSchema } from './search-schema.ts';
import type { Value } from './value.ts';

/** Fields that are given instead of inferred, by name. */
export type GivenFields = Readonly<Record<string, Omit<SearchField, 'name'>>>;

/** A schema, and what it could not tell. */
export interface InferredSchema {
  readonly schema: SearchSchema;
  /** What whoever reads the schema should know, one text each: why a field of numbers is one of texts. */
  readonly notes: readonly string[];
}

/** What has been seen of a field. */
interface Seen {
  /** In how many documents. */
  count: number;
  readonly kinds: Set<Kind>;
  /** Whether it was a list, a single value, or each at a time. */
  readonly shapes: Set<'list' | 'single'>;
  /** An integer that no double holds. */
  isBeyondDouble: boolean;
}

/** `digits`: a number that neither 64 bits nor a double hold. */
type Kind = 'string' | 'bool' | 'integer' | 'float' | 'digits' | 'object' | 'nested list';

/**
 * The schema of a collection: fields as they are given, and all others inferred from documents.
 *
 * Integers are int64, as nobody knows whether the next one fits into 32 bits: give int32. A field that holds integers and
 * fractions is float. Numbers with more digits than int64 or a double holds are strings, and so are numbers in a field that
 * holds texts too, which a note says. A field that a document lacks, or has as null, is optional.
 *
 * @param models the documents of the collection, which name their fields or give them by a function.
 * @param documents samples, as many as there are; each is looked at once.
 * @throws Fault `configuration` with every field whose type cannot be told.
 */
export function inferSearchSchema(
  collection: string,
  models: readonly Pick<DocumentModel, 'fields' | 'constants'>[],
  documents: Iterable<DocumentFields>,
  given: GivenFields = {},
): InferredSchema {
  const seen = new Map<string, Seen>();
  const seenOf = (name: string) => {
    const found = seen.get(name) ?? { count: 0, kinds: new Set(), shapes: new Set(), isBeyondDouble: false };
    seen.set(name, found);
    return found;
  };
  for (const name of [...models.flatMap(namesOf), ...Object.keys(given)]) if (name !== 'id') seenOf(name);
  let count = 0;
  for (const document of documents) {
    count++;
    for (const [name, value] of Object.entries(document))
      if (name !== 'id' && value !== null) look(seenOf(name), value);
  }
  const [fields, notes, problems]: [SearchField[], string[], string[]] = [[], [], []];
  for (const [name, field] of seen) {
    const known = Object.hasOwn(given, name) ? given[name] : undefined;
    if (known !== undefined) {
      fields.push({ name, ...known });
      continue;
    }
    const found = typeOf(field);
    if ('problem' in found) problems.push(`field ${JSON.stringify(name)} ${found.problem}`);
    else {
      fields.push({ name, type: found.type, ...(field.count < count && { optional: true }) });
      if (found.note !== undefined)
        notes.push(`field ${JSON.stringify(name)} is ${found.type}: ${found.note}`);
    }
  }
  if (problems.length > 0)
    throw new Fault(
      'configuration',
      `the schema of collection ${JSON.stringify(collection)} cannot be told from ${count} documents: ${problems.join('; ')}. Give the types of these fields, or leave them out of the documents`,
    );
  return { schema: { collection, fields }, notes };
}

function namesOf({ fields, constants }: Pick<DocumentModel, 'fields' | 'constants'>): readonly string[] {
  return [...Object.keys(constants), ...(Array.isArray(fields) ? (fields as readonly string[]) : [])];
}

function look(seen: Seen, value: Value): void {
  seen.count++;
  const members = membersOf(value);
  seen.shapes.add(members === undefined ? 'single' : 'list');
  for (const member of members ?? [value]) {
    if (member === null) continue;
    const kind = kindOf(member);
    seen.kinds.add(kind);
    if (kind === 'integer' && !isExactDouble(member as Decimal)) seen.isBeyondDouble = true;
  }
}

function kindOf(value: Value): Kind {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string' || value instanceof Uint8Array) return 'string';
  if (value instanceof Decimal) {
    if (fitted('int64', value) !== undefined) return 'integer';
    return isExactDouble(value) ? 'float' : 'digits';
  }
  return membersOf(value) === undefined ? 'object' : 'nested list';
}

type Found = { readonly type: FieldType; readonly note?: string } | { readonly problem: string };

function typeOf({ kinds, shapes, isBeyondDouble }: Seen): Found {
  if (shapes.size > 1) return { problem: 'holds a list in some documents, and none in others' };
  if (kinds.has('object')) return { problem: 'holds maps, which no field is made of' };
  if (kinds.has('nested list')) return { problem: 'holds lists of lists, which no field is made of' };
  if (kinds.size === 0) return { problem: 'has no value in any document' };
  if (kinds.has('bool') && kinds.size > 1) return { problem: 'holds flags and something else' };
  const single = singleOf(kinds, isBeyondDouble);
  return shapes.has('list') ? { ...single, type: `${single.type}[]` as FieldType } : single;
}

function singleOf(kinds: ReadonlySet<Kind>, isBeyondDouble: boolean): Exclude<Found, { problem: string }> {
  if (kinds.has('bool')) return { type: 'bool' };
  if (kinds.has('string'))
    return kinds.size === 1 ? { type: 'string' } : { type: 'string', note: 'it holds texts and numbers' };
  if (kinds.has('digits'))
    return { type: 'string', note: 'it holds numbers with more digits than int64 or a double holds' };
  if (!kinds.has('float')) return { type: 'int64' };
  if (!kinds.has('integer') || !isBeyondDouble) return { type: 'float' };
  return { type: 'string', note: 'it holds fractions, and integers with more digits than a double holds' };
}
