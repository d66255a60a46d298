import type { Migration } from '../migration.ts';

/** Items that are parked, or of which it is counted how often a change has failed; and the changes of those that are parked, as they came. */
export const parking: Migration = {
  version: 11,
  statements: (names) => [
    `create table ${names.parked_items} (
  id bytea primary key,
  item text collate "C" not null,
  partition text collate "C" not null,
  sort text collate "C",
  revision text not null,
  parked_at timestamptz,
  since text collate "C" not null,
  newest text collate "C" not null,
  changes bigint not null,
  deliveries bigint not null,
  reason text collate "C" not null,
  changed_at timestamptz not null default now()
)`,
    `create index ${names.local('parked_items_parked_at')} on ${names.parked_items} (parked_at) where parked_at is not null`,
    `create table ${names.kept_changes} (
  item_id bytea not null,
  place text collate "C" not null,
  version text collate "C" not null,
  record text collate "C" not null,
  primary key (item_id, place)
)`,
  ],
};
