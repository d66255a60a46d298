import type { ListedCount, ListedItem, ListedRow } from '../../../../application/ports/derived-listing.ts';
import { type CountModel, tupleNames } from '../../../../domain/count.ts';
import { Decimal } from '../../../../domain/decimal.ts';
import { pointedBy, type PointerModel } from '../../../../domain/pointer.ts';
import type { ItemKey } from '../../../../domain/row.ts';
import { DERIVED_FROM, MARKS, ROWS } from '../../../../domain/stored-rows.ts';
import type { KeyValue } from '../../../../domain/key-value.ts';
import type { KeyTemplate } from '../../../../domain/definition/key-template.ts';
import type { TableModel } from '../../../../domain/table-model.ts';
import type { Attributes } from '../../../../domain/value.ts';
import { originIn } from '../rows/stored-origin.ts';

/** What a row of the table is that something is derived into; undefined for all others. */
export function itemInTable(model: TableModel, key: ItemKey, attributes: Attributes): ListedItem | undefined {
  return (
    pointerIn(model, key, attributes) ??
    countIn(model, key, attributes) ??
    rowIn(model, undefined, attributes)
  );
}

function pointerIn(model: TableModel, key: ItemKey, attributes: Attributes): ListedItem | undefined {
  for (const pointer of model.pointers) {
    const parts = pointer.at === key.sort ? partsIn(pointer.partition, key.partition) : undefined;
    if (parts !== undefined && isOwn(model, key, pointer, attributes))
      return { is: 'pointer', entity: { model: pointer, parts }, member: pointedBy(pointer, attributes) };
  }
  return undefined;
}

function countIn(model: TableModel, key: ItemKey, attributes: Attributes): ListedCount | undefined {
  for (const count of model.counts) {
    const inPartition = partsIn(count.partition, key.partition);
    const inSort = count.sort === undefined ? [] : partsIn(count.sort, key.sort ?? '');
    if (inPartition === undefined || inSort === undefined || !isOwn(model, key, count, attributes)) continue;
    const parts = [...inPartition, ...inSort];
    const tuple = Object.fromEntries(tupleNames(count).map((name, index) => [name, parts[index] ?? '']));
    return { is: 'count', model: count, tuple, ...figuresIn(count, tuple, attributes) };
  }
  return undefined;
}

/** A count says its tuple, too: one that says another is nothing that Contrail writes. */
function figuresIn(
  { as, amount }: CountModel,
  tuple: ListedCount['tuple'],
  attributes: Attributes,
): Pick<ListedCount, 'count' | 'rows'> {
  const count = attributes.get(as);
  const isSame = Object.entries(tuple).every(([name, part]) => attributes.get(name) === part);
  if (!(count instanceof Decimal) || !isSame) return { count: undefined, rows: undefined };
  // It became a sum only after the row was written: until then each row counted for one.
  const rows = amount === undefined ? count : (attributes.get(ROWS) ?? count);
  const number = rows instanceof Decimal ? Number(rows.text) : undefined;
  return { count, rows: Number.isSafeInteger(number) ? number : undefined };
}

/** Where a row is, beside the table of the source rows. */
export interface OtherTable {
  readonly name: string;
  readonly keys: readonly string[];
  /** The table of the source rows: of others, it is not told here what they derive. */
  readonly own: string;
}

/** @param table where the row is; undefined for the table of the source rows. */
export function rowIn(
  model: TableModel,
  table: OtherTable | undefined,
  attributes: Attributes,
): ListedRow | undefined {
  const stored = attributes.get(DERIVED_FROM);
  if (typeof stored !== 'string') return undefined;
  const source = table === undefined ? stored : originIn(table.own, table.name, stored);
  const rows = model.derivedRows.find(({ name }) => source.startsWith(`${name} `));
  if (rows === undefined) return undefined;
  const { partition, sort } = model.keys;
  const names = table?.keys ?? (sort === undefined ? [partition] : [partition, sort]);
  const others = [...attributes.all()].filter(([name]) => name !== DERIVED_FROM && !names.includes(name));
  return {
    is: 'row',
    model: rows,
    row: {
      table: table?.name,
      key: Object.fromEntries(names.map((name) => [name, attributes.get(name) as KeyValue])),
      attributes: Object.fromEntries(others),
    },
    source,
  };
}

/**
 * Rows that a derivation writes have a kind of their own, unless the definition itself declares one that has their keys: then their
 * marks tell.
 */
function isOwn(
  model: TableModel,
  { partition, sort }: ItemKey,
  { name }: CountModel | PointerModel,
  attributes: Attributes,
): boolean {
  const row = model.rowOf(partition, sort);
  if (row !== undefined && !('malformed' in row) && row.model.derivedBy !== undefined)
    return row.model.name === name;
  return attributes.get(MARKS[0] ?? '') === name;
}

function partsIn(template: KeyTemplate, text: string): readonly string[] | undefined {
  const match = template.match(text);
  return match === undefined || 'malformed' in match ? undefined : match.parts;
}
