import type { Migration } from '../migration.ts';

/** The documents of a search index. */
export const documents: Migration = {
  version: 3,
  statements: (names) => [
    `create table ${names.documents} (
  id bytea primary key,
  collection text collate "C" not null,
  document_id text collate "C" not null,
  generation bigint not null,
  epoch text collate "C" not null,
  sequence numeric not null,
  leading_zeros integer not null,
  removed boolean not null,
  fields jsonb,
  expires_at timestamptz
)`,
    `create index ${names.local('documents_collection')} on ${names.documents} (collection, id) where not removed`,
    `create index ${names.local('documents_expiry')} on ${names.documents} (expires_at) where expires_at is not null`,
  ],
};
