import { type Entity, entityKey, type Member } from '../../../domain/pointer.ts';
import { sourceRowId } from '../replica/source-row-id.ts';
import { hashedKey } from '../values/hashed-key.ts';
import { jsonbOf } from '../values/jsonb.ts';
import { storedText } from '../values/text.ts';

/** What a pointer's row is known by. */
export function pointerId(entity: Entity): string {
  return hashedKey(entityKey(entity));
}

/** Which pointer it is, in columns; `parts` is JSON, apart. */
export function pointerColumns(entity: Entity) {
  const { model, parts } = entity;
  return {
    id: pointerId(entity),
    derivation: model.name,
    partition: storedText(model.partition.render(parts)),
    sort: storedText(model.at),
  };
}

export function partsJson({ parts }: Entity): string {
  return jsonbOf(parts);
}

/** What the row is known by that a pointer points to; null where it names none. */
export function targetId({ model, parts }: Entity, { sort }: Pick<Member, 'sort'>): string | null {
  return sort === '' ? null : sourceRowId({ partition: model.partition.render(parts), sort });
}
