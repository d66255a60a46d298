import { expect } from 'chai';
import type { DerivedState } from '../../src/application/ports/derived-state.ts';
import type { EntityView, ImageRepository } from '../../src/application/ports/image-repository.ts';
import type { MatcherRepository } from '../../src/application/ports/matcher-repository.ts';
import type { Entity } from '../../src/domain/pointer.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import type { DocumentFields } from '../../src/domain/search-document.ts';
import type { Tuple } from '../../src/domain/count.ts';
import type { Value } from '../../src/domain/value.ts';
import { collect } from '../support/collect.ts';
import { comparableFields, indexedFields } from '../support/comparable.ts';
import { contribution, entity, image, link, TUPLE_COUNTS, version } from '../support/factories.ts';
import { HOSTILE_NAMES, HOSTILE_VALUES } from '../support/hostile.ts';
import { range } from '../support/range.ts';

/** A reader of everything derived, in which nothing is yet, and the ports through which things get there. */
export interface Harness {
  readonly state: DerivedState;
  readonly images: ImageRepository;
  readonly matcher: MatcherRepository;
  /** Has an indexer apply the actions. */
  index(actions: readonly SearchAction[]): Promise<void>;
  /** Puts a row into the table, of any kind that something is derived from. */
  putRow(
    keys: { readonly PK: string; readonly SK: string },
    attributes: Readonly<Record<string, Value>>,
  ): Promise<void>;
}

async function expectDocuments({ state }: Harness, ...actions: readonly SearchAction[]) {
  const found = await collect(state.documents());
  expect(found.map(({ key, fields }) => [key.id, indexedFields(fields)])).to.have.deep.members(
    actions.map(({ key, document }) => [key.id, indexedFields(document)]),
  );
}

export async function documentsAreThoseThatTheIndexHolds(harness: Harness) {
  const [kept, changed, deleted] = ['kept', 'changed', 'deleted'].map((id) =>
    action(id, 1, { model: 'first' }),
  );
  const change = action('changed', 2, { model: 'second' });
  await harness.index([kept!, changed!, deleted!, change, { ...action('deleted', 2), document: undefined }]);
  await expectDocuments(harness, kept!, change);
}

export async function documentsAreReadToTheLast(harness: Harness) {
  const actions = range(300).map((n) => action(`document ${n}`, n + 1));
  await harness.index(actions);
  await expectDocuments(harness, ...actions);
}

export async function documentsKeepIdsAndValues(harness: Harness) {
  const actions = HOSTILE_NAMES.map((text) =>
    action(text, 1, { ...Object.fromEntries(HOSTILE_VALUES), text }),
  );
  await harness.index(actions);
  await expectDocuments(harness, ...actions);
}

async function save(harness: Harness, entities: readonly Entity[], imageId: string | undefined) {
  if (imageId !== undefined)
    for (const entity of entities) {
      const [orgId, entityType, entityId] = entity.parts;
      const PK = `IMAGES#ORG#${orgId}#ENTITY#${entityType}#ID#${entityId}`;
      await harness.putRow({ PK, SK: `IMG#${imageId}` }, attributesOf(entity, imageId));
    }
  const views = (await harness.images.load(entities)) as readonly EntityView[];
  const writes = views.map((view) => ({
    view,
    member: imageId === undefined ? undefined : image(imageId, attributesOf(view.entity, imageId)),
  }));
  expect(await harness.images.save(writes)).to.deep.equal(writes.map(() => 'done'));
}

async function expectDefaults({ state }: Harness, ...defaults: readonly (readonly [Entity, string])[]) {
  const found = await collect(state.pointers());
  expect(
    found.map(({ entity: { model, parts }, member: { sort, attributes } }) => [
      model.name,
      parts,
      sort,
      comparableFields(attributes),
    ]),
  ).to.have.deep.members(
    defaults.map(([{ model, parts }, id]) => [
      model.name,
      parts,
      `IMG#${id}`,
      comparableFields(attributesOf({ model, parts }, id)),
    ]),
  );
}

export async function defaultImagesAreThoseThatWereSavedAndNotRemoved(harness: Harness) {
  const entities = ['a', 'b', 'c', 'd'].map((id) => anEntity(id));
  await save(harness, entities, '1');
  await save(harness, entities.slice(0, 2), '2');
  await save(harness, entities.slice(3), undefined);
  const [a, b, c] = entities;
  await expectDefaults(harness, [a!, '2'], [b!, '2'], [c!, '1']);
}

export async function defaultImagesKeepIds(harness: Harness) {
  const entities = HOSTILE_NAMES.map((text) => anEntity(text, text));
  await save(harness, entities, '1');
  await expectDefaults(harness, ...entities.map((entity) => [entity, '1'] as const));
}

async function count({ matcher }: Harness, tuple: Tuple, links: number) {
  const moves = range(links).map((n) => ({
    source: link(`${n}`, tuple['manufacturer']),
    from: undefined,
    to: { version: version(1), contributions: [contribution(tuple)], removed: false },
  }));
  expect(await matcher.apply(moves)).to.deep.equal(moves.map(() => 'done'));
  return moves;
}

async function counts({ state }: Harness) {
  return (await collect(state.counts())).map(({ model, tuple, count }) => ({
    derivation: model.name,
    tuple,
    count: count.text,
  }));
}

export async function tupleCountsAreHowManyLinksHoldEach(harness: Harness) {
  const tuples = ['a', 'b', 'c'].map(aTuple);
  for (const [n, tuple] of tuples.entries()) await count(harness, tuple, n + 1);
  expect(await counts(harness)).to.have.deep.members(
    tuples.map((tuple, n) => ({ derivation: TUPLE_COUNTS.name, tuple, count: `${n + 1}` })),
  );
}

export async function tupleCountsAreNeverZero(harness: Harness) {
  const [move] = await count(harness, aTuple('gone'), 1);
  const to = { version: version(2), contributions: [], removed: true };
  await harness.matcher.apply([{ source: move!.source, from: move!.to, to }]);
  expect(await counts(harness)).to.deep.equal([]);
}

export async function tupleCountsKeepTheTuples(harness: Harness) {
  const tuples = HOSTILE_NAMES.map(aTuple);
  for (const tuple of tuples) await count(harness, tuple, 1);
  expect(await counts(harness)).to.have.deep.members(
    tuples.map((tuple) => ({ derivation: TUPLE_COUNTS.name, tuple, count: '1' })),
  );
}

const PK = 'AIRCRAFT#REGISTRY#FAA';

async function rows({ state }: Harness) {
  return (await collect(state.rows())).map((row) => comparableFields(Object.fromEntries(row.all())));
}

export async function rowsHaveTheirKeysAndAllTheirAttributes(harness: Harness) {
  const keys = { PK, SK: 'DETAIL#N1' };
  const attributes = { registration: 'N1', note: 'not in the index', ...Object.fromEntries(HOSTILE_VALUES) };
  await harness.putRow(keys, attributes);
  expect(await rows(harness)).to.deep.equal([comparableFields({ ...keys, ...attributes })]);
}

export async function rowsAreReadToTheLast(harness: Harness) {
  const keys = range(300).map((n) => ({ PK, SK: `DETAIL#N${n}` }));
  for (const each of keys) await harness.putRow(each, {});
  expect(await rows(harness)).to.have.deep.members(keys.map(comparableFields));
}

function action(id: string, sequence: number, fields: DocumentFields = {}): SearchAction {
  return {
    key: { collection: 'registry', id },
    version: version(sequence),
    identity: { stream: '', sequence: String(sequence) },
    document: { id, ...fields },
  };
}

function anEntity(entityId: string, orgId = 'SYSTEM'): Entity {
  return entity({ orgId, entityType: 'REGISTRATION', entityId });
}

function attributesOf({ parts }: Entity, imageId: string) {
  const [orgId = '', entityType = '', entityId = ''] = parts;
  return { org_id: orgId, entity_type: entityType, entity_id: entityId, image_id: imageId };
}

function aTuple(text: string): Tuple {
  return { manufacturer: text, model: text, type_designator: text };
}
