import type { Migration } from '../migration.ts';

/** What a shard's reader says of its lease, and what the stream said of its beginning. */
export const leases: Migration = {
  version: 9,
  statements: (names) => [
    `alter table ${names.stream_shards}
  add column failover_ms bigint,
  add column first text collate "C"`,
  ],
};
