import { expect } from 'chai';
import type { EntityView, ImageRepository } from '../../../src/application/ports/image-repository.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { TableDefinition } from '../../../src/domain/definition/define-table.ts';
import type { Entity, Member } from '../../../src/domain/pointer.ts';
import type { Value } from '../../../src/domain/value.ts';
import { comparableFields } from '../../support/comparable.ts';
import { decimal, entity } from '../../support/factories.ts';
import { unique } from '../../support/unique.ts';

export type Attributes = Readonly<Record<string, Value>>;

/** An image repository, and the table behind it as its other users see it. */
export interface Harness {
  readonly images: ImageRepository;
  /** Puts an image row with these attributes, and with no others but its keys. */
  putImage(entity: Entity, imageId: string, attributes: Attributes): Promise<void>;
  removeImage(entity: Entity, imageId: string): Promise<void>;
  /** Puts a row beside the entity's images whose sort key is `IMG#` and nothing more, and so no image's. */
  putNamelessImage(entity: Entity): Promise<void>;
  /** Puts the entity's default row as a program does that knows nothing of Contrail or its revisions. */
  putForeignDefault(entity: Entity, attributes: Attributes): Promise<void>;
  removeForeignDefault(entity: Entity): Promise<void>;
  /** Has the entity's default row point to another image, and leaves all else in it, as such a program may do. */
  repointForeignDefault(entity: Entity, imageId: string): Promise<void>;
  /** The attributes that a default row repeats, as far as it has them; undefined when there is no such row. */
  readDefault(entity: Entity): Promise<Attributes | undefined>;
  /** Another table, empty, that is as a definition says. */
  defined(definition: TableDefinition): Promise<DefinedTable>;
}

/** A table of any definition, and the repository on it. */
export interface DefinedTable {
  readonly images: ImageRepository;
  /** Puts a row, its keys among the attributes: one of the definition's, or any other. */
  put(row: Attributes): Promise<unknown>;
  /** Removes the row with the keys of this one. */
  remove(row: Attributes): Promise<unknown>;
  /** The attributes of an entity's pointer that its model repeats, as far as it has them; undefined when there is none. */
  readPointer(entity: Entity): Promise<Attributes | undefined>;
}

export type ImageCapability =
  /** Sees that a foreign default row was replaced by another that points to the same image: neither has a revision. */
  | 'seesForeignRewrites'
  /** Keeps the character U+0000 in text. */
  | 'nulCharacters';

type Loads = Pick<Harness, 'images'>;

/** What a default row repeats of its image, beside the identity. */
export const SAVED: Attributes = {
  url: 'https://example.com/1',
  thumbnail_url: 'https://example.com/1-small',
  caption: 'On final',
  credit: 'J. Doe',
  width: decimal('1600'),
  height: decimal('900'),
  uploaded_at: '2026-01-05T09:00:00Z',
};

export function anEntity(): Entity {
  return entity({ orgId: unique('org'), entityType: 'REGISTRATION', entityId: unique('N') });
}

export function identityOf({ parts }: Entity, imageId: string) {
  const [org_id = '', entity_type = '', entity_id = ''] = parts;
  return { org_id, entity_type, entity_id, image_id: imageId };
}

export async function load(harness: Loads, entity: Entity): Promise<EntityView> {
  return (await loadAll(harness, [entity]))[0]!;
}

export async function loadAll(
  { images }: Loads,
  entities: readonly Entity[],
  signal?: AbortSignal,
): Promise<EntityView[]> {
  const views = await images.load(entities, signal);
  expect(views).to.have.length(entities.length);
  return views.map((view) => {
    if (Fault.is(view)) throw view;
    return view;
  });
}

export async function save({ images }: Loads, view: EntityView, member: Member | undefined) {
  const results = await images.save([{ view, member }]);
  expect(results).to.have.length(1);
  return results[0];
}

export async function expectSaved(
  harness: Harness,
  view: EntityView,
  member: Member | undefined,
  attributes = member?.attributes,
) {
  expect(await save(harness, view, member)).to.equal('done');
  await expectDefault(harness, view.entity, attributes);
}

export async function expectDefault(harness: Harness, entity: Entity, attributes: Attributes | undefined) {
  const found = await harness.readDefault(entity);
  expect(found && comparableFields(found)).to.deep.equal(attributes && comparableFields(attributes));
}
