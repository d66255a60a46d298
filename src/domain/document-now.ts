import { Fault } from './fault.ts';
import { kindsOf } from './roles.ts';
import { type ItemKey, itemKey } from './row.ts';
import { plainAttributes } from './row-view.ts';
import {
  type DocumentFields,
  type DocumentKey,
  documentKeyOf,
  documentOf,
  hasWantedParts,
  isIndexed,
} from './search-document.ts';
import type { TableModel } from './table-model.ts';
import type { Attributes } from './value.ts';
import { satisfies } from './when.ts';

/**
 * What a search document must be by its row as it is: undefined when it must be gone, because the row is, or is not one that
 * has such a document.
 *
 * @param attributes the row's attributes; undefined when there is no row.
 * @throws Fault `configuration` when the definition gives a row with such a key no such document, whatever it holds;
 *   `permanent` when the row contradicts the definition, an attribute cannot be decoded, or a function of the definition fails.
 */
export function documentNow(
  table: TableModel,
  key: DocumentKey,
  rowKey: ItemKey,
  attributes: Attributes | undefined,
): DocumentFields | undefined {
  const found = documentOfRow(table, key, rowKey);
  if (found === undefined) throw unknownDocument(key, rowKey);
  const { row, model } = found;
  if (attributes === undefined || !satisfies(row.model.when, attributes)) return undefined;
  if (row.model.schema !== undefined) plainAttributes(row, attributes);
  return isIndexed(model, row, attributes) ? documentOf(model, row, key, attributes) : undefined;
}

/** The derivation that gives a row such a document, and the row as it is to that: no two give one document. */
function documentOfRow(table: TableModel, { collection, id }: DocumentKey, { partition, sort }: ItemKey) {
  const found = table.rowOf(partition, sort);
  if (found === undefined || 'malformed' in found) return undefined;
  for (const row of kindsOf(found))
    for (const model of row.model.documents) {
      const own = documentKeyOf(model, row);
      if (hasWantedParts(model, row) && own.collection === collection && own.id === id) return { row, model };
    }
  return undefined;
}

function unknownDocument({ collection, id }: DocumentKey, rowKey: ItemKey): Fault {
  const what = `the definition derives no such document from the row that it is said to be of`;
  return new Fault(
    'configuration',
    `${collection} ${JSON.stringify(id)}: ${what}, ${JSON.stringify(itemKey(rowKey))}; give the indexer the definition that the worker has`,
    { reason: `${collection}: ${what}` },
  );
}
