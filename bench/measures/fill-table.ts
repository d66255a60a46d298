import {
  type AttributeValue,
  BatchWriteItemCommand,
  DynamoDBClient,
  ScanCommand,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import pMap from 'p-map';
import { LOCAL_SDK } from '../../local/servers/local-credentials.ts';
import { createStateTable, createTable } from '../../local/servers/tables.ts';

/** As many as a request takes. */
const AT_ONCE = 25;
const WRITERS = 8;
/** As `contrail backfill` and `contrail verify` have it. */
export const SEGMENTS = 4;

/** A row of some 200 bytes, of a customer of ten. */
function rowAt(n: number) {
  return {
    ...{ PK: `CUSTOMER#${Math.floor(n / 10)}`, SK: `ORDER#${n}` },
    ...{ status: `s${n % 1_000}`, total: n % 97, note: 'x'.repeat(120) },
  };
}

export async function makeTable(endpoint: string, table: string, rows: number): Promise<void> {
  const dynamodb = new DynamoDBClient({ ...LOCAL_SDK, endpoint });
  await createTable(dynamodb, table);
  await createStateTable(dynamodb, `${table}-state`);
  const pages = Array.from({ length: Math.ceil(rows / AT_ONCE) }, (_, page) => page * AT_ONCE);
  await pMap(
    pages,
    async (from) => {
      const some = Array.from({ length: Math.min(AT_ONCE, rows - from) }, (_, n) => ({
        PutRequest: { Item: marshall(rowAt(from + n)) },
      }));
      await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: some } }));
    },
    { concurrency: WRITERS },
  );
  dynamodb.destroy();
}

/** Reads all of a table, as whoever writes it down for the first time: in parallel, consistently, and with what it costs. */
export async function bareScan(endpoint: string, TableName: string) {
  const client = new DynamoDBClient({ ...LOCAL_SDK, endpoint });
  let [rows, units] = [0, 0];
  await Promise.all(
    Array.from({ length: SEGMENTS }, async (_, Segment) => {
      let start: Record<string, AttributeValue> | undefined;
      do {
        const {
          Items = [],
          LastEvaluatedKey,
          ConsumedCapacity,
        }: ScanCommandOutput = await client.send(
          new ScanCommand({
            ...{ TableName, Segment, TotalSegments: SEGMENTS, ConsistentRead: true },
            ...{ ReturnConsumedCapacity: 'TOTAL' as const, ...(start && { ExclusiveStartKey: start }) },
          }),
        );
        rows += Items.length;
        units += ConsumedCapacity?.CapacityUnits ?? 0;
        start = LastEvaluatedKey;
      } while (start !== undefined && Object.keys(start).length > 0);
    }),
  );
  client.destroy();
  return { rows, units };
}
