import type { Migration } from '../migration.ts';

/** The rows of the source table, as its feed shows them, and the pointers beside them. */
export const replica: Migration = {
  version: 2,
  statements: (names) => [
    // Without a version: nothing is known of the row but that a pointer's write found it missing.
    `create table ${names.source_rows} (
  id bytea primary key,
  partition text collate "C" not null,
  sort text collate "C",
  partition_id bytea not null,
  sort_number numeric,
  sort_order text collate "C",
  kind text collate "C",
  generation bigint,
  epoch text collate "C",
  sequence numeric,
  leading_zeros integer,
  removed boolean not null,
  attributes jsonb,
  digest bytea,
  unconnected text collate "C",
  expires_at timestamptz
)`,
    `create index ${names.local('source_rows_order')} on ${names.source_rows} (partition_id, kind, sort_number, sort_order) where kind is not null`,
    `create index ${names.local('source_rows_expiry')} on ${names.source_rows} (expires_at) where expires_at is not null`,
    `create table ${names.pointers} (
  id bytea primary key,
  derivation text collate "C" not null,
  partition text collate "C" not null,
  sort text collate "C" not null,
  parts jsonb not null,
  target bytea,
  attributes jsonb not null,
  revision uuid not null default gen_random_uuid()
)`,
  ],
};
