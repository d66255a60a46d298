import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { TableRow } from '../../support/stream-records.ts';

const PAUSE_MS = 20;

/** Puts and deletes rows of a table, one after the other, until it is told to stop. */
export function writeLive(
  dynamodb: DynamoDBClient,
  TableName: string,
  rowAt: (n: number) => { readonly row: TableRow; readonly isRemoved: boolean },
): { readonly stop: () => Promise<number> } {
  const stopping = new AbortController();
  const writing = (async () => {
    let writes = 0;
    for (; !stopping.signal.aborted; writes++) {
      const { row, isRemoved } = rowAt(writes);
      const { PK, SK } = row;
      await (isRemoved
        ? dynamodb.send(new DeleteItemCommand({ TableName, Key: marshall({ PK, SK }) }))
        : dynamodb.send(new PutItemCommand({ TableName, Item: marshall(row) })));
      await sleep(PAUSE_MS);
    }
    return writes;
  })();
  return {
    stop: () => {
      stopping.abort();
      return writing;
    },
  };
}
