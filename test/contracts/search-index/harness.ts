import { expect } from 'chai';
import type { DocumentWrite, SearchIndex } from '../../../src/application/ports/search-index.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { DocumentFields } from '../../../src/domain/search-document.ts';
import type { SearchField } from '../../../src/domain/search-schema.ts';
import { collect } from '../../support/collect.ts';
import { indexedFields } from '../../support/comparable.ts';
import { version } from '../../support/factories.ts';

/** An index, and two collections of its own that are empty and have the fields below. */
export interface Harness {
  readonly index: SearchIndex;
  readonly collection: string;
  readonly other: string;
  /** A collection that the index is told of, and that nobody has created. */
  readonly missing: string;
  /** Another index of what is kept, after the first one was closed. */
  readonly reopened?: () => Promise<SearchIndex>;
}

export type IndexCapability =
  /** Collections have a schema, and documents that do not fit are refused. */
  | 'schemas'
  /** Collections have to be created. */
  | 'missingCollections'
  /** Documents outlive the index that wrote them. */
  | 'reopening'
  /** Documents of several collections go out together. */
  | 'collectionsTogether';

/** Every test's fields. */
export const FIELDS: readonly SearchField[] = [
  { name: 'name', type: 'string' },
  ...(
    [
      ['year', 'int32'],
      ['serial', 'int64'],
      ['price', 'float'],
      ['active', 'bool'],
      ['digits', 'string'],
      ['tags', 'string[]'],
      ['years', 'int32[]'],
      ['serials', 'int64[]'],
      ['prices', 'float[]'],
      ['flags', 'bool[]'],
      ['__proto__', 'string'],
      ['constructor', 'int64'],
      ['ünï "cödé" \\ 北海', 'string'],
    ] as const
  ).map(([name, type]) => ({ name, type, optional: true })),
];

let sequence = 0;

/** A write, newer than all before it. */
export function put(id: string, fields: DocumentFields = {}): DocumentWrite {
  return { ...removal(id), document: { id, name: `document ${id}`, ...fields } };
}

export function removal(id: string): DocumentWrite {
  return { id, document: undefined, version: version(++sequence) };
}

export async function apply({ index, collection }: Harness, ...writes: DocumentWrite[]) {
  const results = await index.apply(collection, writes);
  expect(results).to.have.length(writes.length);
  return results;
}

export async function succeed(harness: Harness, ...writes: DocumentWrite[]) {
  expect(await apply(harness, ...writes)).to.deep.equal(writes.map(() => 'done'));
}

export async function read({ index, collection }: Harness, ...ids: string[]) {
  const found = await index.read(collection, ids);
  expect(found).to.have.length(ids.length);
  return found.map((document) => {
    if (Fault.is(document)) throw document;
    return document;
  });
}

/** Every document that the collection lists, by id, in comparable form. */
export async function listed({ index }: Harness, collection: string): Promise<Map<string, unknown>> {
  const documents = await collect(index.documents(collection));
  const byId = new Map(documents.map(({ id, fields }) => [id, indexed(fields)]));
  expect(byId.size, 'each once').to.equal(documents.length);
  return byId;
}

/** A document in comparable form, without what no index keeps. */
export function indexed(fields: DocumentFields | undefined): unknown {
  if (fields === undefined) return undefined;
  return indexedFields(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)));
}

/** That the collection holds these documents and no others, read and listed. */
export async function expectDocuments(harness: Harness, ...writes: DocumentWrite[]) {
  const expected = new Map(writes.map(({ id, document }) => [id, indexed(document)]));
  const found = await read(harness, ...expected.keys());
  expect(found.map(indexed)).to.deep.equal([...expected.values()]);
  expect(await listed(harness, harness.collection)).to.deep.equal(expected);
}
