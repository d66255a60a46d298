import type { Database } from './client/database.ts';

const PAGE = 500;

/** A table of rows that are known by an `id bytea`, and what to read of it. */
export interface Paged {
  /** What to select. */
  readonly columns: string;
  /** Behind `from`, up to a condition; the table of `id` is `t`. */
  readonly from: string;
  /** `$1` is where the page begins; further values from `$2` on. */
  readonly where?: string | undefined;
  readonly values?: readonly unknown[] | undefined;
}

/** All rows, in the order of their ids: memory does not grow with their number. */
export async function* pagesOf<R extends object>(
  database: Database,
  paged: Paged,
  signal?: AbortSignal,
): AsyncIterable<R> {
  for await (const page of wholePagesOf<R>(database, paged, signal)) yield* page;
}

/** The same, a page at a time. */
export async function* wholePagesOf<R extends object>(
  database: Database,
  { columns, from, where = 'true', values = [] }: Paged,
  signal?: AbortSignal,
): AsyncIterable<readonly R[]> {
  let after = '';
  for (;;) {
    const rows = await database.query<{ readonly at: string }>(
      `select encode(t.id, 'hex') as at, ${columns} from ${from}
where t.id > $1::text::bytea and ${where}
order by t.id limit ${PAGE}`,
      [`\\x${after}`, ...values],
      signal,
    );
    if (rows.length > 0) yield rows as readonly object[] as readonly R[];
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.at;
  }
}
