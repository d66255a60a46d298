import { Fault } from './fault.ts';
import { fromPlain, isPlainObject, isPromise, kindOf } from './plain-value.ts';
import type { Row } from './row.ts';
import type { SearchField } from './search-schema.ts';
import { callFor, type Named, RowView, unfit } from './row-view.ts';
import { type Attributes, equalRecords, equalValues, type Value } from './value.ts';

/** Where a row's document is: its collection, and its id, unique within it. */
export interface DocumentKey {
  readonly collection: string;
  readonly id: string;
}

/** One text per document, whatever its collection and id are. */
export function documentName({ collection, id }: DocumentKey): string {
  return `${collection.length} ${collection} ${id}`;
}

/** The document's fields, `id` included. */
export type DocumentFields = Readonly<Record<string, Value>>;

/** Documents of one kind of row. */
export interface DocumentModel {
  /** The derivation's name. */
  readonly name: string;
  readonly collection: string;
  /** Texts, and the places of the key's parts that stand between them. */
  readonly id: readonly (string | number)[];
  /** The attributes that a document repeats, or a function that gives its fields. */
  readonly fields: readonly string[] | Named<(row: RowView) => unknown>;
  /** Fields that are the same in every document. */
  readonly constants: Readonly<Record<string, string>>;
  /** The parts of the key, by their places, that a row with a document has. */
  readonly wanted: readonly { readonly place: number; readonly value: string }[];
  /** Which of those rows have a document; undefined where all have. */
  readonly where: Named<(row: RowView) => unknown> | undefined;
  /** What its fields hold, constants among them; undefined where the definition does not say. */
  readonly types?: FieldTypes | undefined;
}

/** What fields hold, by their names. */
export type FieldTypes = Readonly<Record<string, Omit<SearchField, 'name'>>>;

/** Whether a row's key has the parts that a row with a document has. */
export function hasWantedParts({ wanted }: DocumentModel, { parts }: Row): boolean {
  for (const { place, value } of wanted) if (parts[place] !== value) return false;
  return true;
}

/** Which document a row has in the index, if it has one. */
export function documentKeyOf({ collection, id }: DocumentModel, { parts }: Row): DocumentKey {
  let text = '';
  for (const piece of id) text += typeof piece === 'string' ? piece : encoded(parts[piece] ?? '');
  return { collection, id: text };
}

export type SearchDecision =
  | { readonly action: 'none' }
  | { readonly action: 'delete' }
  | { readonly action: 'upsert'; readonly document: DocumentFields };

const NONE: SearchDecision = { action: 'none' };
const DELETE: SearchDecision = { action: 'delete' };

/**
 * Row gone: its document is deleted, whatever the row held. Row no longer one that has a document: deleted, if it had
 * one before. Document new or different: upsert. Otherwise nothing.
 *
 * @param before the row's attributes before the change; undefined when there was no row.
 * @param after the row's attributes after it; undefined when the row is gone.
 * @param byKey what the row's key alone says, where that is known already.
 * @throws Fault when an attribute cannot be decoded, or a function of the definition fails.
 */
export function decideSearch(
  model: DocumentModel,
  row: Row,
  key: DocumentKey,
  before: Attributes | undefined,
  after: Attributes | undefined,
  byKey = answerByKey(model, row),
): SearchDecision {
  if (before === undefined && after === undefined) return NONE;
  if (byKey === false) return NONE;
  // Also where the row had none by its old image: a document may be left of a change that was lost.
  if (after === undefined) return DELETE;
  if (!isIndexed(model, row, after, byKey))
    // An old image that cannot be read must not keep a document that should go.
    return before !== undefined && hadDocument(model, row, before, byKey, true) ? DELETE : NONE;
  const document = documentOf(model, row, key, after);
  return before !== undefined && wasDocumentOf(model, row, key, before, document, byKey)
    ? NONE
    : { action: 'upsert', document };
}

/** The row's document: its id, the constant fields, and what the model takes of the row. */
export function documentOf(
  { fields, constants }: DocumentModel,
  row: Row,
  key: DocumentKey,
  attributes: Attributes,
): DocumentFields {
  if (!isNames(fields)) {
    const own = { id: key.id, ...constants };
    return { ...fieldsOf(fields, own, row, attributes), ...own };
  }
  const document: Record<string, Value> = { id: key.id };
  // One by one: V8 is slower at adding fields to what was made by spreading.
  for (const name in constants) document[name] = constants[name] ?? '';
  for (const name of fields) {
    const value = attributes.get(name);
    if (value !== undefined) document[name] = value;
  }
  return document;
}

/**
 * Whether a row has a document.
 *
 * @throws Fault `permanent` when the definition's `where` fails; `configuration` when it contradicts itself.
 */
export function isIndexed(
  model: DocumentModel,
  row: Row,
  attributes: Attributes,
  byKey = answerByKey(model, row),
): boolean {
  const { where } = model;
  if (byKey !== undefined || where === undefined) return byKey ?? true;
  const ask = () =>
    callFor(where, row, attributes, (given) => {
      if (typeof given === 'boolean') return given;
      throw unfit(where, row, `returned ${kindOf(given)} instead of true or false`);
    });
  const answer = ask();
  // Asked again: by a `where` that depends on more than its row, documents would stay or be missing in silence.
  if (ask() !== answer)
    throw unfit(where, row, 'answered both true and false: it must be a pure function of the row', {
      kind: 'configuration',
    });
  return answer;
}

/**
 * What a row's key alone says of whether it has a document: where it says no, the row never had one, and no image is
 * needed to know. Undefined where `where` asks for the attributes, or fails.
 */
export function answerByKey(model: DocumentModel, row: Row): boolean | undefined {
  const { where } = model;
  if (!hasWantedParts(model, row)) return false;
  if (where === undefined) return true;
  const view = new RowView(row, UNREADABLE);
  let answer: boolean | undefined;
  try {
    const given = where.run(view);
    // Nobody waits for it: what it is rejected with must not end the process.
    if (isPromise(given)) given.then(undefined, () => undefined);
    // Asked again, because of one that depends on more than its row the last word is a fault.
    else if (typeof given === 'boolean' && !RowView.wasRead(view) && where.run(view) === given)
      answer = given;
  } catch {
    // Asked with the attributes, it throws again, or answers.
  }
  return answer;
}

/** Made once, because it is thrown for each row whose attributes decide. */
const NOT_READ = new Fault('permanent', 'the attributes are not known');

function notRead(): never {
  throw NOT_READ;
}

/** Attributes that end the function that asks for them. */
const UNREADABLE: Attributes = { get: notRead, all: notRead, equals: notRead };

function hadDocument(
  model: DocumentModel,
  row: Row,
  before: Attributes,
  byKey: boolean | undefined,
  ifUnknown: boolean,
): boolean {
  try {
    return isIndexed(model, row, before, byKey);
  } catch {
    return ifUnknown;
  }
}

/** Whether the row had the same document before. Of named fields, all of the old image must be readable. */
function wasDocumentOf(
  model: DocumentModel,
  row: Row,
  key: DocumentKey,
  before: Attributes,
  document: DocumentFields,
  byKey: boolean | undefined,
): boolean {
  const { fields } = model;
  if (isNames(fields)) {
    let same = true;
    // Goes on after a difference: whether an attribute can be decoded must not depend on the others.
    for (const name of fields) if (!equalValues(before.get(name), document[name])) same = false;
    return same && hadDocument(model, row, before, byKey, false);
  }
  try {
    return (
      isIndexed(model, row, before, byKey) && equalRecords(documentOf(model, row, key, before), document)
    );
  } catch {
    // What the functions cannot take had no such document.
    return false;
  }
}

/** The fields that a function gives. Those that are the document's own are not its to give. */
function fieldsOf(
  fields: Named<(row: RowView) => unknown>,
  own: DocumentFields,
  row: Row,
  attributes: Attributes,
): DocumentFields {
  return callFor(fields, row, attributes, (given) => {
    if (!isPlainObject(given))
      throw unfit(fields, row, `returned ${kindOf(given)} instead of an object of fields`);
    const taken = Object.keys(own).find((name) => Object.hasOwn(given, name));
    if (taken !== undefined)
      throw unfit(fields, row, `returned a field named ${taken}, which is the document's own`);
    try {
      return fromPlain(given, '') as DocumentFields;
    } catch (error) {
      if (!Fault.is(error)) throw error;
      const of = 'returned a document of which';
      throw unfit(fields, row, `${of} ${error.message}`, { reason: `${of} ${error.reason}` });
    }
  });
}

function isNames(fields: DocumentModel['fields']): fields is readonly string[] {
  return Array.isArray(fields);
}

/** Parts that need no encoding, as nearly all: testing is cheaper than encoding. */
const PLAIN = /^(?!\.+$)[\w.~-]*$/;

/**
 * Each part is encoded before the parts are joined, so that no two rows share an id. A part of nothing but dots is
 * encoded too: in a path, a client's id `..` would name the collection.
 */
function encoded(part: string): string {
  if (PLAIN.test(part)) return part;
  return /^\.+$/.test(part) ? part.replaceAll('.', '%2E') : encodeURIComponent(part);
}
