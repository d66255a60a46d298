import type { ListedRow } from '../../../application/ports/derived-listing.ts';
import type { TableModel } from '../../../domain/table-model.ts';
import type { Database } from '../client/database.ts';
import { wholePagesOf } from '../pages.ts';
import { keyIn } from '../rows/rows-content.ts';
import type { Names } from '../schema/names.ts';
import { readJsonbRecord } from '../values/jsonb.ts';
import { readText } from '../values/text.ts';

interface Found {
  readonly table_name: string | null;
  readonly key: string;
  readonly attributes: string;
  readonly derivation: string;
  readonly source: string;
}

/** The rows that functions of a definition have given, of all tables. */
export async function* listRows(
  database: Database,
  { derived_rows: rows }: Names,
  model: TableModel,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly ListedRow[]> {
  const models = new Map(model.derivedRows.map((derived) => [derived.name, derived]));
  const paged = {
    columns: 't.table_name, t.key::text, t.attributes::text, t.derivation, t.derived_from as source',
    from: `${rows} t`,
    where: 't.derivation is not null and t.derived_from is not null',
  };
  for await (const page of wholePagesOf<Found>(database, paged, signal))
    yield page.flatMap(({ table_name: table, key, attributes, derivation, source }): ListedRow | [] => {
      const own = models.get(derivation);
      if (own === undefined) return [];
      const row = {
        table: table === null ? undefined : readText(table),
        key: keyIn(readJsonbRecord(key)),
        attributes: readJsonbRecord(attributes),
      };
      return { is: 'row', model: own, row, source: readText(source) };
    });
}
