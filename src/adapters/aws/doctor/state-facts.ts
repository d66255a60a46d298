import {
  DescribeContinuousBackupsCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { abortableBy } from '../clients.ts';
import { COUNT_STATE, EFFECT_STATE, ROWS_STATE } from '../electrodb/state-entities.ts';
import { formFault, type StateRow } from '../electrodb/state-row.ts';
import { answered } from './answered.ts';

const usedOf = (table: string) => ({ resource: `table ${table}`, variable: 'STATE_TABLE_NAME' });

/** The attribute by which rows expire; undefined where they do not. */
export async function expiryOf(
  client: DynamoDBClient,
  table: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { TimeToLiveDescription: ttl } = await answered(usedOf(table), () =>
    client.send(new DescribeTimeToLiveCommand({ TableName: table }), abortableBy(signal)),
  );
  const isOn = ttl?.TimeToLiveStatus === 'ENABLED' || ttl?.TimeToLiveStatus === 'ENABLING';
  return isOn ? ttl.AttributeName : undefined;
}

/** Whether it can be restored to any second of the last days. */
export async function isRestorable(
  client: DynamoDBClient,
  table: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const { ContinuousBackupsDescription: backups } = await answered(usedOf(table), () =>
    client.send(new DescribeContinuousBackupsCommand({ TableName: table }), abortableBy(signal)),
  );
  return backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED';
}

/** Rows that are looked at. */
const SAMPLE = 100;

/** What a state is of, by the entity of its row. */
const STATES: Readonly<Record<string, string>> = {
  [COUNT_STATE]: 'counts',
  [ROWS_STATE]: 'derived rows',
  [EFFECT_STATE]: 'effects',
};

/** Why this version cannot read states, of the first hundred rows: each reason once. */
export async function unknownForms(
  client: DynamoDBDocumentClient,
  table: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const { Items = [] } = await answered(usedOf(table), () =>
    client.send(new ScanCommand({ TableName: table, Limit: SAMPLE }), abortableBy(signal)),
  );
  const problems = Items.flatMap((row) => {
    const { __edb_e__: entity } = row as { readonly __edb_e__?: unknown };
    const what = typeof entity === 'string' && Object.hasOwn(STATES, entity) ? STATES[entity] : undefined;
    const fault = what === undefined ? undefined : formFault(what, row as StateRow);
    return fault === undefined ? [] : [fault.message];
  });
  return [...new Set(problems)];
}
