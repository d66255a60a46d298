import { recount } from '../../src/application/verify/recount.ts';
import type { Drift } from '../../src/application/verify/verify.ts';
import type { SearchIndex } from '../../src/application/ports/search-index.ts';
import { asIndexed, fieldsByName } from '../../src/domain/as-indexed.ts';
import type { TableDefinition } from '../../src/domain/definition/define-table.ts';
import { Fault } from '../../src/domain/fault.ts';
import { searchSchemas } from '../../src/domain/search-schemas.ts';
import type { Attributes, Value } from '../../src/domain/value.ts';
import { equalRecords } from '../../src/domain/value.ts';

/**
 * Compares the documents of a search index with what the table's rows say must be in it, each as its collection's schema has
 * it. What its schema refuses must not be there.
 */
export async function compareIndex(
  index: SearchIndex,
  rows: AsyncIterable<Attributes>,
  definition: TableDefinition,
): Promise<{ readonly checked: number; readonly drift: readonly Drift[] }> {
  const { documents } = await recount(rows, definition);
  const drift: Drift[] = [];
  let checked = 0;
  for (const schema of searchSchemas(definition.model.documents)) {
    const { collection } = schema;
    const fields = fieldsByName(schema);
    const expected = documents.get(collection) ?? new Map<string, never>();
    for await (const { id, fields: found } of index.documents(collection)) {
      checked++;
      const what = `${collection}/${id}`;
      const { derivation = collection, fields: own } = expected.get(id) ?? {};
      expected.delete(id);
      const wanted = own === undefined ? undefined : asIndexed({ collection, id }, own, fields);
      if (wanted === undefined || Fault.is(wanted)) drift.push({ derivation, problem: 'extra', what });
      else if (!equalRecords(plain(wanted), plain(found))) drift.push({ derivation, problem: 'wrong', what });
    }
    for (const [id, { derivation, fields: own }] of expected) {
      if (Fault.is(asIndexed({ collection, id }, own, fields))) continue;
      checked++;
      drift.push({ derivation, problem: 'missing', what: `${collection}/${id}` });
    }
  }
  return { checked, drift };
}

function plain(fields: Readonly<Record<string, Value>>): Record<string, Value> {
  return { ...fields };
}
