import type { ListedCount } from '../../../application/ports/derived-listing.ts';
import { Decimal } from '../../../domain/decimal.ts';
import type { TableModel } from '../../../domain/table-model.ts';
import type { Database } from '../client/database.ts';
import { tupleIn } from '../matcher/count-content.ts';
import { wholePagesOf } from '../pages.ts';
import type { Names } from '../schema/names.ts';

interface Found {
  readonly derivation: string;
  readonly tuple: string;
  readonly count: string;
  readonly rows: string;
}

/** The counts of a definition. Those in which no row is counted any more are gone for everybody. */
export async function* listCounts(
  database: Database,
  { counts }: Names,
  model: TableModel,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly ListedCount[]> {
  const models = new Map(model.counts.map((count) => [count.name, count]));
  const paged = {
    columns: 't.derivation, t.tuple::text, t.count::text, t.rows::text as rows',
    from: `${counts} t`,
    where: 't.rows <> 0',
  };
  for await (const page of wholePagesOf<Found>(database, paged, signal))
    yield page.flatMap(({ derivation, tuple, count, rows }): ListedCount | [] => {
      const own = models.get(derivation);
      if (own === undefined) return [];
      return {
        ...{ is: 'count', model: own, tuple: tupleIn(own, tuple) },
        ...{ count: Decimal.parse(count), rows: Number(rows) },
      };
    });
}
