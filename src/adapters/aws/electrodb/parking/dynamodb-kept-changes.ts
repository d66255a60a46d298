import { DeleteItemCommand, QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { type KeptChange, KeptChanges } from '../../../../application/ports/kept-changes.ts';
import { DEFAULT_CONCURRENCY } from '../../client-defaults.ts';
import { abortableBy } from '../../clients.ts';
import { plain } from '../../plain-requests.ts';
import { translateError } from '../../translate-error.ts';
import { attributeValuesOf } from '../attribute-values.ts';
import { statesIn } from '../state-table.ts';
import { type ParkingTables, tableName } from './dynamodb-parked-items.ts';
import { changesIn, changesPartition, type Row, sortKeysOf } from './parking-rows.ts';

/** Records of parked items in the state table, packed, those that are larger than a row in several. */
export class DynamoDbKeptChanges extends KeptChanges {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: ParkingTables;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, tables: ParkingTables) {
    super();
    this.#client = client;
    this.#tables = tables;
    this.#table = tableName(tables.table);
  }

  override async load(
    item: string,
    after: string | undefined,
    signal?: AbortSignal,
  ): Promise<readonly KeptChange[]> {
    const rows: Row[] = [];
    let from = after;
    for (;;) {
      signal?.throwIfAborted();
      const { Items = [], LastEvaluatedKey } = await this.#query(item, from, signal);
      rows.push(...Items);
      const changes = changesIn(rows);
      from = LastEvaluatedKey?.['SK']?.S;
      // One that is larger than a page goes on in the next.
      if (changes.length > 0 || from === undefined) return changes;
    }
  }

  override async discard(item: string, changes: readonly KeptChange[], signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const PK = changesPartition(this.#table, item);
    const remove = async (SK: string) => {
      signal?.throwIfAborted();
      const input = { TableName: this.#tables.stateTable, Key: attributeValuesOf({ PK, SK }) };
      await this.#sent(this.#client.send(new DeleteItemCommand(plain(input)), abortableBy(signal)), signal);
    };
    await pMap(changes.flatMap(sortKeysOf), remove, { concurrency: DEFAULT_CONCURRENCY });
  }

  async #query(
    item: string,
    after: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<QueryCommandOutput> {
    const PK = changesPartition(this.#table, item);
    const input = {
      TableName: this.#tables.stateTable,
      ConsistentRead: true,
      KeyConditionExpression: 'PK = :partition',
      ExpressionAttributeValues: attributeValuesOf({ ':partition': PK }),
      ...(after === undefined ? {} : { ExclusiveStartKey: attributeValuesOf({ PK, SK: after }) }),
    };
    return this.#sent(this.#client.send(new QueryCommand(plain(input)), abortableBy(signal)), signal);
  }

  async #sent<T>(sent: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    try {
      return await sent;
    } catch (error) {
      signal?.throwIfAborted();
      throw translateError(error, statesIn(this.#tables));
    }
  }
}
