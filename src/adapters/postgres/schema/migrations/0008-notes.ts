import type { Migration } from '../migration.ts';

/** How far commands are that take long, and what they know of earlier ones. */
export const notes: Migration = {
  version: 8,
  statements: (names) => [
    `create table ${names.notes} (
  id bytea primary key,
  subject_id bytea not null,
  subject text collate "C" not null,
  name text collate "C" not null,
  revision bigint not null,
  content text collate "C" not null
)`,
    `create index ${names.local('notes_subject')} on ${names.notes} (subject_id)`,
  ],
};
