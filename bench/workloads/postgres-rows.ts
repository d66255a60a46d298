import type { Database } from '../../src/adapters/postgres/client/database.ts';
import type { Names } from '../../src/adapters/postgres/schema/names.ts';

/**
 * Rows of others in all tables that a batch looks into: so many of the source, about half of which have a document with its fence, a half
 * a counted state, and a twentieth a pointer; a twentieth as many counts as there are rows.
 */
export async function fill(database: Database, names: Names, rows: number): Promise<void> {
  const version = `0, '2026-01-05T00:00:00.000', n, 0`;
  const id = (what: string) => `sha256(('${what} ' || n)::bytea)`;
  const attributes = `jsonb_build_object('PK', 'FILLER', 'SK', 'DETAIL#' || n, 'registration', 'N' || n, 'manufacturer', 'CESSNA', 'model', '172S',
    'type_designator', 'C172', 'serial_number', n::text, 'owner_name', 'OWNER ' || n, 'country', 'US', 'year_manufactured', 1999)`;
  const statements: readonly (readonly [into: string, selected: string, count: number])[] = [
    [
      `${names.source_rows} (id, partition, sort, partition_id, sort_order, kind, generation, epoch, sequence, leading_zeros, removed, attributes, digest)`,
      `${id('row')}, 'FILLER#' || n / 20, 'DETAIL#' || n, sha256(('partition ' || n / 20)::bytea), 'DETAIL#' || n, 'faa-registration', ${version}, false, ${attributes}, ${id('digest')}`,
      rows,
    ],
    [
      `${names.documents} (id, collection, document_id, generation, epoch, sequence, leading_zeros, removed, fields)`,
      `${id('document')}, 'registry', 'FILLER:' || n, ${version}, false, ${attributes}`,
      rows / 2,
    ],
    [
      `${names.search_fences} (id, collection, document_id, generation, epoch, sequence, leading_zeros, removed, revision)`,
      `${id('document')}, 'registry', 'FILLER:' || n, ${version}, false, 0`,
      rows / 2,
    ],
    [
      `${names.states} (id, derivation, partition, sort, generation, epoch, sequence, leading_zeros, removed, content)`,
      `${id('state')}, 'matcher-tuple', 'FILLER#' || n, 'STATE', ${version}, false, '{"filler": true}'`,
      rows / 2,
    ],
    [
      `${names.counts} (id, derivation, partition, sort, tuple, count, rows)`,
      `${id('count')}, 'matcher-tuple', 'FILLER#' || n, 'MODEL', jsonb_build_object('model', n), 10, 10`,
      rows / 20,
    ],
    [
      `${names.pointers} (id, derivation, partition, sort, parts, attributes)`,
      `${id('pointer')}, 'default-image', 'FILLER#' || n, 'DEFAULT', '{}', ${attributes}`,
      rows / 20,
    ],
  ];
  for (const [into, selected, count] of statements) {
    await database.query(
      `insert into ${into} select ${selected} from generate_series(1, ${Math.ceil(count)}) n`,
    );
    await database.query(`analyze ${into.replace(/ \(.*/, '')}`);
  }
}

/** How much is derived, as the peer counts it. */
export async function derivedTotals(database: Database, names: Names): Promise<unknown> {
  const [totals] = await database.query(
    `select (select count(*) from ${names.documents} where not removed)::text as documents,
  (select count(*) || ' of ' || coalesce(sum(count), 0) from ${names.counts} where rows > 0) as counts,
  (select count(*) from ${names.pointers})::text as pointers`,
  );
  return totals;
}
