import { expect } from 'chai';
import type { EntityView, ImageRepository } from '../../../src/application/ports/image-repository.ts';
import type { Image } from '../../../src/domain/default-image.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Entity } from '../../../src/domain/row.ts';
import type { Value } from '../../../src/domain/value.ts';
import { comparableFields } from '../../support/comparable.ts';
import { decimal } from '../../support/factories.ts';
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
  /** The attributes among `IMAGE_ATTRIBUTES` that the default row has; undefined when there is no such row. */
  readDefault(entity: Entity): Promise<Attributes | undefined>;
}

export type ImageCapability =
  /** Sees that a foreign default row was replaced by another that points to the same image: neither has a revision. */
  | 'seesForeignRewrites'
  /** Sees that a list or a map within an image changed since it was read. */
  | 'seesNestedChanges'
  /** Keeps the character U+0000 in text. */
  | 'nulCharacters'
  /** Keeps the name `__proto__` in a map within an attribute. */
  | 'prototypeNames';

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
  return { orgId: unique('org'), entityType: 'REGISTRATION', entityId: unique('N') };
}

export function identityOf({ orgId, entityType, entityId }: Entity, imageId: string) {
  return { org_id: orgId, entity_type: entityType, entity_id: entityId, image_id: imageId };
}

export async function load(harness: Harness, entity: Entity): Promise<EntityView> {
  return (await loadAll(harness, [entity]))[0]!;
}

export async function loadAll(
  { images }: Harness,
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

export async function save({ images }: Harness, view: EntityView, image: Image | undefined) {
  const results = await images.save([{ view, image }]);
  expect(results).to.have.length(1);
  return results[0];
}

export async function expectSaved(
  harness: Harness,
  view: EntityView,
  image: Image | undefined,
  attributes = image?.attributes,
) {
  expect(await save(harness, view, image)).to.equal('done');
  await expectDefault(harness, view.entity, attributes);
}

export async function expectDefault(harness: Harness, entity: Entity, attributes: Attributes | undefined) {
  const found = await harness.readDefault(entity);
  expect(found && comparableFields(found)).to.deep.equal(attributes && comparableFields(attributes));
}
