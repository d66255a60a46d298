import type { Migration } from '../migration.ts';

/** What was last derived from rows, counts, derived rows, and the tables that are followed. */
export const state: Migration = {
  version: 1,
  statements: (names) => [
    // Keys may be longer than an index takes: the hash of what tells rows apart stands for it.
    `create table ${names.states} (
  id bytea primary key,
  derivation text collate "C" not null,
  partition text collate "C" not null,
  sort text collate "C",
  generation bigint not null,
  epoch text collate "C" not null,
  sequence numeric not null,
  leading_zeros integer not null,
  removed boolean not null,
  content jsonb not null,
  expires_at timestamptz
)`,
    `create index ${names.local('states_expiry')} on ${names.states} (expires_at) where expires_at is not null`,
    `create table ${names.counts} (
  id bytea primary key,
  derivation text collate "C" not null,
  partition text collate "C" not null,
  sort text collate "C",
  tuple jsonb not null,
  count numeric not null,
  rows bigint not null
)`,
    `create table ${names.derived_rows} (
  id bytea primary key,
  table_name text collate "C",
  key jsonb not null,
  attributes jsonb not null,
  derivation text collate "C",
  derived_from text collate "C"
)`,
    `create table ${names.table_generations} (
  table_arn text collate "C" primary key,
  generation bigint not null unique check (generation >= 0)
)`,
    // Fails a statement that finds what must not be written while it is written.
    `create function ${names.qualified('refuse')}(reason text) returns boolean language plpgsql volatile as $$
begin
  raise exception '%', reason using errcode = 'CT001';
end
$$`,
  ],
};
