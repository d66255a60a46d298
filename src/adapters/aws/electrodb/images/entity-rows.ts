import { keyBytes, MAX_KEY_BYTES } from '../../../../domain/item-limits.ts';
import {
  type Entity,
  type Member,
  memberOf,
  type PointerModel,
  sortPartsOf,
} from '../../../../domain/pointer.ts';
import { canonicalKeyText, keyTextOf, keyValueOf } from '../../../../domain/key-value.ts';
import type { KeySchema } from '../../../../domain/table-model.ts';
import { type Attributes, DecodedAttributes } from '../../../../domain/value.ts';
import { satisfies } from '../../../../domain/when.ts';
import type { RawKey } from '../batch-get.ts';
import { fromNative } from '../native-value.ts';
import { rawKey } from '../raw-key.ts';

/** A table, and the names of its keys. */
export interface KeyedTable {
  readonly table: string;
  readonly keys: KeySchema;
}

/** A row's attributes as the document client gives them, keys among them. */
export type TableRow = Readonly<Record<string, unknown>>;

export function pointerKey(keys: KeySchema, { model, parts }: Entity): RawKey {
  return rawKey(keys, { partition: model.partition.render(parts), sort: model.at });
}

export function memberKey(keys: KeySchema, { model, parts }: Entity, sort: string): RawKey {
  return rawKey(keys, { partition: model.partition.render(parts), sort });
}

/**
 * Whether a row of the entity can have this sort key, which the pointer itself never does. A pointer that others wrote may
 * point to what no key can be, and asking for it would fail the whole request; or to a row that is there and is none of the
 * entity's.
 */
export function canBeMember(model: PointerModel, sort: string): boolean {
  const { sortType } = model.keys;
  if (sort === '' || sort === model.at || canonicalKeyText(sort, sortType) !== sort) return false;
  return keyBytes(keyValueOf(sort, sortType)) <= MAX_KEY_BYTES.sort && sortPartsOf(model, sort) !== undefined;
}

/** A row of the entity's partition as one of the entity's; undefined where it is none. */
export function memberIn(keys: KeySchema, entity: Entity, row: TableRow): Member | undefined {
  const parts = sortPartsOf(entity.model, sortOf(keys, row));
  const attributes = attributesOf(row);
  return parts && satisfies(entity.model.when, attributes) ? memberOf(entity, parts, attributes) : undefined;
}

export function attributesOf(row: TableRow): Attributes {
  const present = Object.entries(row).filter(([, value]) => value !== undefined);
  return new DecodedAttributes(new Map(present.map(([name, value]) => [name, fromNative(value)])));
}

function sortOf({ sort, sortType }: KeySchema, row: TableRow): string {
  return (sort === undefined ? undefined : keyTextOf(fromNative(row[sort]), sortType)) ?? '';
}
