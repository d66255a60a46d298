import type { KeySchema } from '../../../../domain/table-model.ts';
import type { AwsResource } from '../../error-message.ts';
import type * as StateKeys from '../keys.ts';
import type { StateTable } from '../state-table.ts';

export interface MatcherTables extends StateTable {
  /** Where the counts are, among the rows that they are derived from. */
  readonly table: string;
  /** The attributes of that table's keys. */
  readonly keys: KeySchema;
}

/** The tables, and what makes the keys of states. */
export interface KeyedTables extends MatcherTables {
  readonly stateKeys: typeof StateKeys;
}

export function countsIn({ table }: MatcherTables): AwsResource {
  return { resource: `table ${table}`, variable: 'TABLE_NAME' };
}

/** Of what a request to both does not say of one. */
export function bothOf({ table, stateTable }: MatcherTables): AwsResource {
  return { resource: `table ${table} or ${stateTable}`, variable: 'TABLE_NAME and STATE_TABLE_NAME' };
}
