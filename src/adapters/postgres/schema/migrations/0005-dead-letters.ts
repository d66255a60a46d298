import type { Migration } from '../migration.ts';

/** Search actions that were given up. They stay where they are, so that putting one back is a change of its row. */
export const deadLetters: Migration = {
  version: 5,
  statements: (names) => [
    `alter table ${names.search_actions}
  add unanswered integer not null default 0,
  add died_at timestamptz,
  add reason text collate "C"`,
    `drop index ${names.qualified('search_actions_done')}`,
    `create index ${names.local('search_actions_done')} on ${names.search_actions} (sent_at) where done and died_at is null`,
    `create index ${names.local('search_actions_died')} on ${names.search_actions} (died_at) where died_at is not null`,
    `create view ${names.dead_letters} as
select id, collection, document_id, reason, died_at, sent_at, receives, fields, row_partition, row_sort, done
from ${names.search_actions} where died_at is not null`,
  ],
};
