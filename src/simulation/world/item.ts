import { imageOf, type Image } from '../rows/image.ts';
import { keyRecord, keyTextOf } from '../../domain/key-value.ts';
import type { ItemKey } from '../../domain/row.ts';
import type { KeySchema } from '../../domain/table-model.ts';
import { type Attributes, DecodedAttributes, type Value } from '../../domain/value.ts';

/** An item that the table may hold. */
export interface Item {
  /** What it is, in the words of the world's subject. */
  readonly kind: string;
  /** Names it in messages, and puts its changes in order: the texts of its key. */
  readonly key: string;
  readonly at: ItemKey;
  /** Its row, with the values of one of the item's variants each; keys among them. */
  readonly rows: readonly Attributes[];
  /** Whether the worker knows such rows by their key. */
  readonly isRecognised: boolean;
  /** Whether a backend that keeps the table's rows keeps this one. */
  readonly isKept: boolean;
  /** Whether its changes can ever be handled. */
  readonly isRepairable: boolean;
}

/** An item's key for messages. */
export function nameOfKey({ partition, sort }: ItemKey): string {
  return sort === undefined ? partition : `${partition} | ${sort}`;
}

/** The key of a row of a table with such keys. */
export function keyOfRow(row: Attributes, keys: KeySchema): ItemKey {
  const partition = keyTextOf(row.get(keys.partition), keys.partitionType);
  const sort = keys.sort === undefined ? undefined : keyTextOf(row.get(keys.sort), keys.sortType);
  if (partition === undefined || (keys.sort !== undefined && sort === undefined))
    throw new Error('a row without the keys of its table');
  return { partition, sort };
}

/** A key as stream records carry it. */
export function keyImage(keys: KeySchema, at: ItemKey): Image {
  return imageOf(Object.entries(keyRecord(keys, at)));
}

/** A row with another value of an attribute. */
export function rowWith(row: Attributes, name: string, value: Value): Attributes {
  return new DecodedAttributes(new Map([...row.all(), [name, value]]));
}
