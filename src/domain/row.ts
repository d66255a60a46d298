import type { RowModel } from './table-model.ts';

/** A row of the table, by what its key says. */
export interface Row {
  readonly model: RowModel;
  /** The parts of its key, in the order of the model's names. */
  readonly parts: readonly string[];
  /** The row as one of further kinds that have its key, where an attribute tells which it is of. */
  readonly others?: readonly Row[] | undefined;
}

/** The texts of a key: of a number its digits, in full, of bytes base64url without padding. No sort where the table has no sort key. */
export interface ItemKey {
  readonly partition: string;
  readonly sort: string | undefined;
}

export function keyOf({ model, parts }: Row): ItemKey {
  const inPartition = model.partition.names.length;
  return {
    partition: model.partition.render(parts.slice(0, inPartition)),
    sort: model.sort?.render(parts.slice(inPartition)),
  };
}

/** One string per item of the table: the length says where the partition key ends, whatever the keys hold. */
export function itemKey({ partition, sort = '' }: ItemKey): string {
  return `${partition.length}#${partition}${sort}`;
}

/** A part of a row's key by its name; undefined where the key has no such part. */
export function partOf({ model, parts }: Row, name: string): string | undefined {
  const index = model.names.indexOf(name);
  return index < 0 ? undefined : parts[index];
}

/**
 * The key that `itemKey` has made a text of.
 *
 * @param hasSort whether the table has a sort key.
 * @returns undefined for a text that is none.
 */
export function readItemKey(text: string, hasSort: boolean): ItemKey | undefined {
  const mark = text.indexOf('#');
  const length = Number(text.slice(0, mark));
  if (!/^\d+#/.test(text) || text.length < mark + 1 + length) return undefined;
  const end = mark + 1 + length;
  return { partition: text.slice(mark + 1, end), sort: hasSort ? text.slice(end) : undefined };
}
