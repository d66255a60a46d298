import {
  type AttributeValue,
  DescribeTableCommand,
  type DynamoDBClient,
  ScanCommand,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { createReader, type ReaderClients } from 'contrail';
import type { ReplicatedTable, Row } from './replica.js';

/** A table in DynamoDB whose stream has new images. */
export async function dynamoDbTable(
  table: string,
  clients: ReaderClients & { readonly dynamodb: DynamoDBClient },
): Promise<ReplicatedTable> {
  const { Table } = await clients.dynamodb.send(new DescribeTableCommand({ TableName: table }));
  return {
    keys: (Table?.KeySchema ?? []).flatMap(({ AttributeName }) => AttributeName ?? []),
    reader: (state) =>
      createReader({ table, clients, from: 'latest', ...(state !== undefined && { state }) }),
    rows: (signal) => rowsOf(clients.dynamodb, table, signal),
  };
}

async function* rowsOf(client: DynamoDBClient, table: string, signal: AbortSignal): AsyncGenerator<Row> {
  let from: Record<string, AttributeValue> | undefined;
  do {
    // Consistently: an older row than at the bookmark is never put right, as its change came before.
    const input = { TableName: table, ConsistentRead: true, ExclusiveStartKey: from };
    const page: ScanCommandOutput = await client.send(new ScanCommand(input), { abortSignal: signal });
    for (const item of page.Items ?? []) yield inJson(item) as Row;
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
}

/** Bytes are text in a stream's records. */
function inJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(inJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inJson(member)]));
}
