import { randomUUID } from 'node:crypto';
import type { DefaultImageWrite } from '../../../application/ports/image-repository.ts';
import type { Image, ImageGround } from '../../../domain/default-image.ts';
import type { Entity } from '../../../domain/row.ts';
import type { defaultImageEntity, imageEntity } from './entities.ts';
import {
  imageConditionOf,
  imageStillSays,
  type RowCondition,
  rowExists,
  rowIsAbsent,
  rowStillIs,
} from './image-conditions.ts';
import { toNative } from './native-value.ts';
import type { ParamsTemplates } from './params-templates.ts';
import type { TransactItem } from './write-transaction.ts';

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
  const known = expected === undefined ? 'absent' : 'known';
  if (image === undefined)
    return {
      Delete: templates.fill(`delete ${known}`, { ...keyOf(entity), ...condition }, (values) => {
        const write = defaults.delete(values);
        return expected === undefined
          ? write.where(rowIsAbsent).params()
          : write
              .where(rowExists)
              .where(rowStillIs(conditionIn(values)))
              .params();
      }),
    };
  return {
    // Of the values, ElectroDB puts those that are the entity's attributes.
    Put: templates.fill(`put ${known}`, { ...defaultRowOf(keyOf(entity), image), ...condition }, (values) => {
      const write = defaults.put(values);
      return expected === undefined
        ? write.where(rowIsAbsent).params()
        : write
            .where(rowExists)
            .where(rowStillIs(conditionIn(values)))
            .params();
    }),
  };
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
