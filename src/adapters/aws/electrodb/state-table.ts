import type { AwsResource } from '../error-message.ts';

export interface StateTable {
  /** Where the states of rows are. */
  readonly stateTable: string;
}

export function statesIn({ stateTable }: StateTable): AwsResource {
  return { resource: `table ${stateTable}`, variable: 'STATE_TABLE_NAME' };
}
