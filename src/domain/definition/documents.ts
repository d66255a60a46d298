import { isPlainObject, kindOf } from '../plain-value.ts';
import type { DocumentModel } from '../search-document.ts';
import { type FieldDeclaration, fieldTypes } from './field-types.ts';
import { KeyTemplate, templateProblem } from './key-template.ts';
import type { Pattern } from './overlap.ts';
import { isStringArray, membersOf, named, namesProblem, type Owner, shown } from './problems.ts';
import type { AnyAttributes, KeyTemplates, Parts, RowKind, RowOf } from './row.ts';
import type { PartsOf, Template } from './template-types.ts';

/** What a document holds: attributes by name, or a pure function of the row. */
export type FieldsOf<Key, A> =
  readonly (keyof A & string)[] | ((row: RowOf<Key, A>) => Readonly<Record<string, unknown>>);

/** A document's fields, as far as the compiler knows them. */
export type DocumentOf<A, Fields> = Fields extends readonly (infer Name)[]
  ? { readonly [Field in keyof A as Extract<Field, Name>]?: A[Field] }
  : Fields extends (row: never) => infer Given
    ? Given
    : unknown;

/** Which rows have a document, in which collection, and what it holds. */
export interface DocumentsSpec<Key, A, Id = string, Collection = string, Fields = FieldsOf<Key, A>> {
  /** The search engine's collection. */
  readonly collection: Collection;
  /**
   * The document's id: parts of the key, each percent-encoded, joined by `:`; by default all of them in their order. Or a
   * template of them, such as `EU:<order>`. No two rows may have the same: leave out only parts that are always
   * the same, or that `where` makes so.
   */
  readonly id?: readonly (keyof Parts<Key> & string)[] | Template<Id, PartsOf<Key>>;
  /** What a document holds beside its id: attributes by name, those that the row has, or a pure function of the row. */
  readonly fields: Fields;
  /** Fields that are the same in every document. */
  readonly constants?: Readonly<Record<string, string>>;
  /**
   * Which rows have a document, where not all have: those whose key has parts with these values, or a pure function of
   * the row. Where the key alone decides, no image is needed to know that a row has none.
   */
  readonly where?: { readonly [Part in keyof Parts<Key>]?: string } | ((row: RowOf<Key, A>) => boolean);
  /**
   * What each field holds, all but `id` and constants: the schema of the collection, which an indexer needs. A field that rows
   * may lack is optional, unless it is said not to be.
   */
  readonly types?: Readonly<Record<string, FieldDeclaration>>;
}

/** Documents in a search index, one for each row. */
export interface Documents<Collection extends string = string, Document = unknown> {
  readonly is: 'documents';
  readonly of: RowKind;
  readonly spec: DocumentsSpec<KeyTemplates, AnyAttributes>;
  /** For the compiler only: never there. */
  readonly types?: { readonly collection: Collection; readonly document: Document };
}

/**
 * Derives one document in a search index from each row of a kind, or from those that `where` chooses. An update that
 * changes nothing that the document holds sends nothing.
 */
export function documents<
  Key extends KeyTemplates,
  A,
  const Id extends string = string,
  const Collection extends string = string,
  Fields extends FieldsOf<Key, A> = FieldsOf<Key, A>,
>(
  of: RowKind<Key, A>,
  spec: DocumentsSpec<Key, A, Id, Collection, Fields>,
): Documents<Collection, DocumentOf<A, Fields>> {
  return Object.freeze({ is: 'documents', of, spec } as unknown as Documents<
    Collection,
    DocumentOf<A, Fields>
  >);
}

/** Reads a specification, and adds what is wrong with it to the owner's problems. */
export function documentModel(owner: Owner, spec: unknown): DocumentModel {
  const { name, names, problem } = owner;
  const members = ['collection', 'id', 'fields', 'constants', 'where', 'types'] as const;
  const {
    collection,
    id,
    fields,
    constants = {},
    where,
    types,
  } = membersOf(owner, 'its specification', spec, members);
  if (typeof collection !== 'string' || !/^[^/\s]+$/.test(collection))
    problem(`its collection must be a name without blanks and slashes, and is ${shown(collection)}`);
  if (typeof fields !== 'function') {
    const wrong = Array.isArray(fields) ? namesProblem(fields) : 'must be an array of names, or a function';
    if (wrong !== undefined) problem(`its fields ${wrong}`);
  }
  if (!isPlainObject(constants))
    problem(`its constants must be an object of strings, and are ${kindOf(constants)}`);
  const fixed = isPlainObject(constants) ? Object.entries(constants) : [];
  for (const [field, value] of fixed)
    if (typeof value !== 'string') problem(`its constant ${field} must be a string, and is ${kindOf(value)}`);
  for (const field of ['id', ...fixed.map(([constant]) => constant)])
    if (isStringArray(fields) && fields.includes(field))
      problem(
        `its fields name ${field}, which ${field === 'id' ? "is the document's own" : 'is one of its constants'}`,
      );
  if (fixed.some(([field]) => field === 'id')) problem("its constants name id, which is the document's own");
  const wanted = typeof where === 'function' || where === undefined ? [] : partsIn(owner, where);
  return {
    name,
    collection: String(collection),
    id: names === undefined ? [] : idOf(names, problem, id ?? names),
    fields:
      typeof fields === 'function' ? named(fields, 'fields', name) : isStringArray(fields) ? fields : [],
    constants: Object.fromEntries(fixed.map(([field, value]) => [field, String(value)])),
    wanted,
    where: typeof where === 'function' ? named(where, 'where', name) : undefined,
    types: fieldTypes(
      owner,
      types,
      fixed.map(([field]) => field),
      isStringArray(fields) ? fields : undefined,
    ),
  };
}

/** The parts that a row with a document has. */
function partsIn({ names, problem }: Owner, where: unknown): DocumentModel['wanted'] {
  if (!isPlainObject(where)) {
    problem(`its where must be an object of parts of the key, or a function, and is ${kindOf(where)}`);
    return [];
  }
  return Object.entries(where).map(([part, value]) => {
    if (typeof value !== 'string' || value === '')
      problem(`its where must have a string as ${part}, and has ${shown(value)}`);
    if (names !== undefined && !names.includes(part))
      problem(`its where names ${part}, which is no part of the key; there are ${names.join(', ')}`);
    return { place: names?.indexOf(part) ?? -1, value: String(value) };
  });
}

/** The characters that percent-encoding leaves: what the parts of an id are made of. */
const ENCODED = /^[\w!~*'().%-]*$/;

/** What they are not made of, of the characters that a literal is likely to have. */
const NEVER_ENCODED = ':/?#[]@$&+,;=|<>{}^` "\\';

function idOf(names: readonly string[], problem: Owner['problem'], id: unknown): (string | number)[] {
  if (id === names && names.length === 0) {
    problem('it needs an id, such as the name of what it is, because its key has no parts');
    return [];
  }
  const text = isStringArray(id) ? id.map((name) => `<${name}>`).join(':') : id;
  const wrong = Array.isArray(id) && !isStringArray(id) ? 'must be parts of the key' : templateProblem(text);
  if (wrong !== undefined) problem(`its id ${wrong}`);
  if (typeof text !== 'string' || wrong !== undefined) return [];
  const template = new KeyTemplate(text);
  // A key without parts is of one row only.
  if (template.fixed && names.length > 0)
    problem(
      `its id names no part of the key, so that all rows would have the same: a part is written '<${names.includes(text) ? text : (names[0] ?? '')}>'`,
    );
  for (const name of template.names)
    if (!names.includes(name))
      problem(
        `its id names <${name}>, which is no part of the key; there are ${names.length === 0 ? 'none' : names.join(', ')}`,
      );
  for (const literal of template.literals.slice(1, -1))
    if (ENCODED.test(literal))
      problem(
        `its id has ${shown(literal)} between two parts, which can hold that too, so that rows could share an id: use :`,
      );
  return template.literals.flatMap((literal, index) => {
    const part = template.names[index];
    return [...(literal === '' ? [] : [literal]), ...(part === undefined ? [] : [names.indexOf(part)])];
  });
}

/** What the ids of a model's documents look like. */
export function idPattern({ id }: DocumentModel): Pattern {
  const literals = [''];
  for (const piece of id)
    if (typeof piece === 'number') literals.push('');
    else literals.push(`${literals.pop() ?? ''}${piece}`);
  return { literals, rules: literals.slice(1).map(() => ({ without: NEVER_ENCODED })) };
}
