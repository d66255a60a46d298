import type * as Keys from '../keys.ts';
import type { AwsResource } from '../../error-message.ts';

export interface MatcherTables {
  /** Where tuples are counted, among the rows that they are derived from. */
  readonly table: string;
  /** Where link states are. */
  readonly stateTable: string;
}

/** The tables, and what makes the keys of their rows. */
export interface KeyedTables extends MatcherTables {
  readonly keys: typeof Keys;
}

export function countsIn({ table }: MatcherTables): AwsResource {
  return { resource: `table ${table}`, variable: 'TABLE_NAME' };
}

export function statesIn({ stateTable }: MatcherTables): AwsResource {
  return { resource: `table ${stateTable}`, variable: 'STATE_TABLE_NAME' };
}

/** Of what a request to both does not say of one. */
export function bothOf({ table, stateTable }: MatcherTables): AwsResource {
  return { resource: `table ${table} or ${stateTable}`, variable: 'TABLE_NAME and STATE_TABLE_NAME' };
}
