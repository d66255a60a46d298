import type { Migration } from '../migration.ts';

/** How far the shards of streams are handled, and what was lost of them. */
export const shards: Migration = {
  version: 7,
  statements: (names) => [
    `create table ${names.stream_shards} (
  id bytea primary key,
  stream_id bytea not null,
  stream text collate "C" not null,
  shard text collate "C" not null,
  parent text collate "C",
  start text collate "C" not null,
  frontier numeric,
  leading_zeros integer not null default 0,
  complete boolean not null default false,
  owner text collate "C" not null default '',
  epoch bigint not null default 0,
  renewals bigint not null default 0
)`,
    `create index ${names.local('stream_shards_stream')} on ${names.stream_shards} (stream_id)`,
    `create table ${names.stream_gaps} (
  id bytea primary key,
  stream_id bytea not null,
  stream text collate "C" not null,
  shard text collate "C",
  reason text collate "C" not null,
  after text collate "C",
  at bigint not null
)`,
    `create index ${names.local('stream_gaps_stream')} on ${names.stream_gaps} (stream_id)`,
  ],
};
