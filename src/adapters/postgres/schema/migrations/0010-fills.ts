import type { Migration } from '../migration.ts';

/** Which fill something is of that was derived from a row as it was read; 0 of changes. */
export const fills: Migration = {
  version: 10,
  statements: (names) =>
    [names.states, names.search_fences, names.search_actions, names.documents].map(
      (table) => `alter table ${table} add fill bigint not null default 0`,
    ),
};
