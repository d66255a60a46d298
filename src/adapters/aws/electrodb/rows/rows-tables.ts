import type { RowsMove } from '../../../../domain/derived-rows.ts';
import type { KeySchema } from '../../../../domain/table-model.ts';
import type { AwsResource } from '../../error-message.ts';
import type * as StateKeys from '../keys.ts';
import { statesIn, type StateTable } from '../state-table.ts';

export interface RowsTables extends StateTable {
  /** Where the source rows are, and derived ones that name no other table. */
  readonly table: string;
  /** The attributes of that table's keys. */
  readonly keys: KeySchema;
}

/** The tables, and what makes the keys of states. */
export interface KeyedTables extends RowsTables {
  readonly stateKeys: typeof StateKeys;
}

/** The tables where a move has rows, in order. */
export function tablesOf({ table: own }: RowsTables, { put, remove }: RowsMove): readonly string[] {
  return [...new Set([...put, ...remove].map(({ table = own }) => table))].toSorted();
}

/** One of the tables where derived rows are. */
export function rowsIn(tables: RowsTables, table: string, { source }: RowsMove): AwsResource {
  const variable = table === tables.table ? 'TABLE_NAME' : `the table in ${source.model.name}`;
  return { resource: `table ${table}`, variable };
}

/** Of what a request to all of a move's tables does not say of one. */
export function allOf(tables: RowsTables, move: RowsMove): AwsResource {
  const all = [...tablesOf(tables, move).map((table) => rowsIn(tables, table, move)), statesIn(tables)];
  return {
    resource: all
      .map(({ resource }, index) => (index === 0 ? resource : resource.slice('table '.length)))
      .join(' or '),
    variable: all.map(({ variable }) => variable).join(' and '),
  };
}
