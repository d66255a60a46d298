import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { AwsResource } from '../../error-message.ts';
import type { KeyedTable } from './entity-rows.ts';

/** Where entities are, and how they are asked for. */
export interface EntityTable extends KeyedTable {
  readonly client: DynamoDBDocumentClient;
  /** Requests for single entities under way at a time. */
  readonly concurrency: number;
}

export function tableOf({ table }: EntityTable): AwsResource {
  return { resource: `table ${table}`, variable: 'TABLE_NAME' };
}
