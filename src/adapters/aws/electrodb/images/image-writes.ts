import { randomUUID } from 'node:crypto';
import type { DefaultImageWrite } from '../../../../application/ports/image-repository.ts';
import type { Image, ImageGround } from '../../../../domain/default-image.ts';
import type { Entity } from '../../../../domain/row.ts';
import type { defaultImageEntity, imageEntity } from '../entities.ts';
import {
  imageConditionOf,
  imageStillSays,
  type RowCondition,
  rowExists,
  rowIsAbsent,
  rowStillIs,
} from './image-conditions.ts';
import { toNative } from '../native-value.ts';
import type { ParamsTemplates } from '../params-templates.ts';
import type { TransactItem } from '../write-transaction.ts';

export interface ImageEntities {
  readonly images: ReturnType<typeof imageEntity>;
  readonly defaults: ReturnType<typeof defaultImageEntity>;
  readonly templates: ParamsTemplates;
}

export interface EntityKey {
  readonly org_id: string;
  readonly entity_type: string;
  readonly entity_id: string;
}

export function keyOf({ orgId, entityType, entityId }: Entity): EntityKey {
  return { org_id: orgId, entity_type: entityType, entity_id: entityId };
}

/** ElectroDB leaves open which of the two its parameters are for. */
type Guarded = NonNullable<TransactItem['Put']> & NonNullable<TransactItem['Delete']>;

/** Puts or deletes a default row, on condition that it is as it was read. */
export function defaultRowWrite(
  { defaults, templates }: ImageEntities,
  { view: { entity, revision }, image }: DefaultImageWrite,
): TransactItem {
  const expected = revision === undefined ? undefined : (JSON.parse(revision) as RowCondition);
  const condition = {
    ...(expected?.revision !== undefined && { oldRevision: expected.revision }),
    ...(expected?.imageId !== undefined && { oldImageId: expected.imageId }),
  };
  const conditionIn = ({ oldRevision, oldImageId }: typeof condition): RowCondition => ({
    ...(oldRevision !== undefined && { revision: oldRevision }),
    ...(oldImageId !== undefined && { imageId: oldImageId }),
  });
  // Of the values, ElectroDB puts those that are the entity's attributes.
  const values = {
    ...(image === undefined ? keyOf(entity) : defaultRowOf(keyOf(entity), image)),
    ...condition,
  };
  const shape = `${image === undefined ? 'delete' : 'put'} ${expected === undefined ? 'absent' : 'known'}`;
  const params = templates.fill(shape, values, (marked) => {
    const write = image === undefined ? defaults.delete(marked) : defaults.put(marked);
    return expected === undefined
      ? write.where(rowIsAbsent).params<Guarded>()
      : write
          .where(rowExists)
          .where(rowStillIs(conditionIn(marked)))
          .params<Guarded>();
  });
  return image === undefined ? { Delete: params } : { Put: params };
}

/**
 * Checks that an image says what it said, or is still not there. To ElectroDB, which checks within its own transactions
 * only, it is a deletion: both have a key and a condition.
 */
export function imageCheck(
  { images, templates }: ImageEntities,
  entity: Entity,
  { imageId, image }: ImageGround,
): NonNullable<TransactItem['ConditionCheck']> {
  const key = { ...keyOf(entity), image_id: imageId };
  if (image === undefined)
    return templates.fill('no image', key, (values) => images.delete(values).where(rowIsAbsent).params());
  const { equal, present } = imageConditionOf(image);
  return templates.fill(`image with ${present.join()}`, { ...equal, ...key }, (values) => {
    const { org_id, entity_type, entity_id, image_id, ...marked } = values;
    return images
      .delete({ org_id, entity_type, entity_id, image_id })
      .where(rowExists)
      .where(imageStillSays({ equal: marked, present }))
      .params();
  });
}

function defaultRowOf(key: EntityKey, { imageId, attributes }: Image) {
  const fields = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, toNative(value)]),
  );
  return { ...fields, ...key, image_id: imageId, revision: randomUUID() };
}
