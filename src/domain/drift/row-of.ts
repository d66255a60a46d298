import { kindsOf } from '../roles.ts';
import { type ItemKey, keyOf, type Row } from '../row.ts';
import { documentKeyOf, type DocumentModel } from '../search-document.ts';
import type { RowModel, TableModel } from '../table-model.ts';

/** A row as one kind, by its key; undefined where no row of that kind has such a key. */
export function rowAs(table: TableModel, kind: RowModel, { partition, sort }: ItemKey): Row | undefined {
  const found = table.rowOf(partition, sort);
  if (found === undefined || 'malformed' in found) return undefined;
  return kindsOf(found).find(({ model }) => model === kind);
}

/**
 * The row whose document has an id.
 *
 * @param known the parts of some row of the kind: what an id leaves out is the same in all of them. Undefined where none is known.
 * @returns `none` where no row of the kind can have such a document; `unknown` where that is told only by a row.
 */
export function rowOfDocument(
  table: TableModel,
  kind: RowModel,
  model: DocumentModel,
  id: string,
  known: readonly string[] | undefined,
): Row | 'none' | 'unknown' {
  const inId = partsInId(model, id);
  if (inId === undefined) return 'none';
  const parts: string[] = [];
  for (const place of kind.names.keys()) {
    const fixed = model.wanted.find((wanted) => wanted.place === place)?.value;
    const part = inId.get(place) ?? fixed ?? known?.[place];
    if (part === undefined) return 'unknown';
    parts.push(part);
  }
  const row = { model: kind, parts };
  if (documentKeyOf(model, row).id !== id) return 'none';
  return rowAs(table, kind, keyOf(row)) ?? 'none';
}

/** The parts that an id has, by their places. Between two of them stands what none of them can hold. */
function partsInId({ id: pieces }: DocumentModel, id: string): ReadonlyMap<number, string> | undefined {
  const pattern = pieces.map((piece) => (typeof piece === 'string' ? escaped(piece) : `([\\w!~*'().%-]+)`));
  const places = pieces.filter((piece) => typeof piece === 'number');
  const match = new RegExp(`^${pattern.join('')}$`).exec(id);
  if (match === null) return undefined;
  try {
    return new Map(places.map((place, index) => [place, decodeURIComponent(match[index + 1] ?? '')]));
  } catch {
    // Percent signs that encode nothing.
    return undefined;
  }
}

function escaped(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
