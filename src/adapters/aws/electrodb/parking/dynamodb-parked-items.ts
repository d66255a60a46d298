import { randomUUID } from 'node:crypto';
import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { packBatches } from '../../../../application/pack-batches.ts';
import {
  type NotedItem,
  ParkedItems,
  type ParkedLook,
  type ParkingMove,
} from '../../../../application/ports/parked-items.ts';
import type { Result } from '../../../../application/result.ts';
import { Fault } from '../../../../domain/fault.ts';
import { DEFAULT_CONCURRENCY } from '../../client-defaults.ts';
import { abortableBy } from '../../clients.ts';
import { plain } from '../../plain-requests.ts';
import { translateError } from '../../translate-error.ts';
import { attributeValuesOf, nativeItem } from '../attribute-values.ts';
import { readAll } from '../batch-get.ts';
import { reasonFault } from '../cancelled.ts';
import { statesIn, type StateTable } from '../state-table.ts';
import { namesOf, type TransactItem, writeTransaction } from '../write-transaction.ts';
import {
  changeRows,
  itemKeyIn,
  itemRow,
  ITEMS,
  itemsPartition,
  notedIn,
  type NativeRow,
  type PlainRow,
  type Row,
} from './parking-rows.ts';

export interface ParkingTables extends StateTable {
  /** Name or ARN of the source table: tables that share a state table have their items apart. */
  readonly table: string;
}

/** So many items are read by one request: while there are no more, those of a batch need not be looked up. */
const LISTED = 100;

/** DynamoDB's limits on a transaction, less what the item itself takes. */
const MOST = { count: 99, weight: 3_500_000 };

/** Parked items in the state table: a row each, whose revision each write replaces. */
export class DynamoDbParkedItems extends ParkedItems {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: ParkingTables;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, tables: ParkingTables) {
    super();
    this.#client = client;
    this.#tables = tables;
    this.#table = tableName(tables.table);
  }

  override async look(items: readonly string[], signal?: AbortSignal): Promise<ParkedLook> {
    const { Items = [], LastEvaluatedKey } = await this.#query(undefined, LISTED, signal);
    const listed = Items.map(listedIn);
    const times = listed.flatMap(({ parkedAt }) => parkedAt ?? []);
    const noted =
      LastEvaluatedKey === undefined
        ? new Map(listed.map((one) => [one.item, one]))
        : await this.#read(items, signal);
    return {
      noted: items.map((item) => noted.get(item)),
      parked: times.length,
      oldest: times.length === 0 ? undefined : Math.min(...times),
    };
  }

  override async save(moves: readonly ParkingMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    return pMap(moves, (move) => this.#save(move, signal), { concurrency: DEFAULT_CONCURRENCY });
  }

  override async page(after: string | undefined, signal?: AbortSignal) {
    const { Items = [], LastEvaluatedKey } = await this.#query(after, undefined, signal);
    return { items: Items.map(listedIn), next: LastEvaluatedKey?.['SK']?.S };
  }

  async #query(
    after: string | undefined,
    limit: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<QueryCommandOutput> {
    signal?.throwIfAborted();
    const partition = itemsPartition(this.#table);
    const input = {
      TableName: this.#tables.stateTable,
      ConsistentRead: true,
      KeyConditionExpression: 'PK = :partition AND begins_with(SK, :prefix)',
      ExpressionAttributeValues: attributeValuesOf({ ':partition': partition, ':prefix': ITEMS }),
      ...(limit === undefined ? {} : { Limit: limit }),
      ...(after === undefined ? {} : { ExclusiveStartKey: attributeValuesOf({ PK: partition, SK: after }) }),
    };
    return this.#sent(this.#client.send(new QueryCommand(plain(input)), abortableBy(signal)), signal);
  }

  async #read(
    items: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, NotedItem>> {
    const keys = items.map((item) => itemKeyIn(this.#table, item));
    const rows = await this.#sent(
      readAll<NativeRow>(this.#client, this.#tables.stateTable, keys, signal),
      signal,
    );
    const noted = new Map<string, NotedItem>();
    for (const [index, row] of rows.entries()) {
      if (Fault.is(row)) throw row;
      if (row !== undefined) noted.set(items[index] ?? '', notedIn(row));
    }
    return noted;
  }

  async #save(move: ParkingMove, signal: AbortSignal | undefined): Promise<Result> {
    try {
      const kept = move.keep.flatMap((change) => changeRows(this.#table, move.item, change));
      const { batches, oversized } = packBatches(kept, ({ payload }) => String(payload).length, MOST);
      const last = batches.at(-1) ?? [];
      const before = [...oversized.map((one) => [one]), ...batches.slice(0, -1)];
      for (const rows of before) {
        signal?.throwIfAborted();
        const result = await this.#write(rows.map(this.#put), signal);
        if (result !== 'done') return result;
      }
      signal?.throwIfAborted();
      return await this.#write([this.#itemWrite(move), ...last.map(this.#put)], signal);
    } catch (error) {
      signal?.throwIfAborted();
      return Fault.is(error) ? error : translateError(error, statesIn(this.#tables));
    }
  }

  /** @param items the first of them with a condition, where any has one. */
  async #write(items: TransactItem[], signal: AbortSignal | undefined): Promise<Result> {
    const reasons = await writeTransaction(this.#client, items, signal);
    if (reasons === undefined) return 'done';
    for (const reason of reasons) {
      if (reason.code === 'ConditionalCheckFailed') return 'conflict';
      const fault = reasonFault(reason, statesIn(this.#tables));
      if (fault !== undefined) return fault.kind === 'conflict' ? 'conflict' : fault;
    }
    return new Fault('transient', 'a transaction was cancelled for no reason');
  }

  #itemWrite({ item, from, to }: ParkingMove): TransactItem {
    const condition = {
      TableName: this.#tables.stateTable,
      ConditionExpression: from === undefined ? 'attribute_not_exists(#revision)' : '#revision = :revision',
      ExpressionAttributeNames: namesOf(['revision']),
      ...(from === undefined ? {} : { ExpressionAttributeValues: { ':revision': from.revision } }),
    };
    return to === undefined
      ? { Delete: { ...condition, Key: itemKeyIn(this.#table, item) } }
      : { Put: { ...condition, Item: itemRow(this.#table, to, randomUUID(), Date.now()) } };
  }

  readonly #put = (Item: PlainRow): TransactItem => ({ Put: { TableName: this.#tables.stateTable, Item } });

  async #sent<T>(sent: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    try {
      return await sent;
    } catch (error) {
      signal?.throwIfAborted();
      throw translateError(error, statesIn(this.#tables));
    }
  }
}

function listedIn(row: Row): NotedItem {
  return notedIn(nativeItem(row) as unknown as NativeRow);
}

/** Of a name or an ARN. */
export function tableName(table: string): string {
  return table.replace(/^.*\//, '');
}
