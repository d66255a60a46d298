import {
  type AttributeValue,
  DeleteItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Fault } from '../../../../domain/fault.ts';
import { abortableBy } from '../../clients.ts';
import { plain } from '../../plain-requests.ts';
import { translateError } from '../../translate-error.ts';
import { attributeValuesOf, type NativeItem } from '../attribute-values.ts';
import { queryStates } from '../query-states.ts';
import { statesIn, type StateTable } from '../state-table.ts';
import { namesOf } from '../write-transaction.ts';
import { partitionOf } from './shard-rows.ts';

type Row = Readonly<Record<string, AttributeValue>>;
interface Key {
  readonly PK: string;
  readonly SK: string;
}

/** The condition did not hold. Other conflicts say nothing of it. */
const REFUSED = 'ConditionalCheckFailedException';

/** A conditional write of a row that is there. Names stand in it as `#name`. */
export interface RowUpdate {
  readonly set: string;
  readonly condition: string;
  readonly values: NativeItem;
}

/** Rows of the state table that are written one by one. */
export class StateRows {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: StateTable;

  constructor(client: DynamoDBDocumentClient, table: StateTable) {
    this.#client = client;
    this.#table = table;
  }

  /** All rows of a stream of one kind, read consistently. */
  async query(stream: string, kind: string, signal: AbortSignal | undefined): Promise<readonly Row[]> {
    return await queryStates(this.#client, this.#table, partitionOf(stream), kind, signal);
  }

  /** Puts a row unless it is there. */
  async putNew(row: NativeItem, signal: AbortSignal | undefined): Promise<void> {
    await this.#putIf('attribute_not_exists(PK)', {}, row, signal);
  }

  /** Puts a row unless it is there with this `at` or a later one. */
  async putLater(row: NativeItem, at: number, signal: AbortSignal | undefined): Promise<void> {
    const later = {
      ExpressionAttributeNames: namesOf(['at']),
      ExpressionAttributeValues: attributeValuesOf({ ':at': at }),
    };
    await this.#putIf('attribute_not_exists(PK) OR #at < :at', later, row, signal);
  }

  async #putIf(
    condition: string,
    expression: Pick<PutItemCommandInput, 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>,
    row: NativeItem,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const input = {
      TableName: this.#table.stateTable,
      Item: attributeValuesOf(row),
      ConditionExpression: condition,
      ...expression,
    };
    try {
      await this.#client.send(new PutItemCommand(plain(input)), abortableBy(signal));
    } catch (error) {
      const fault = this.#faultOf(error, signal);
      if (nameIn(error) !== REFUSED) throw fault;
    }
  }

  /** @returns whether it is written, and the row: as it is now, or, where the condition did not hold, as it was. */
  async update(
    key: Key,
    { set, condition, values }: RowUpdate,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly isDone: boolean; readonly row: Row | undefined }> {
    const names = [
      ...new Set([...`${set} ${condition}`.matchAll(/#(\w+)/g)].map(([, name]) => name as string)),
    ];
    const input = {
      TableName: this.#table.stateTable,
      Key: attributeValuesOf({ ...key }),
      UpdateExpression: `SET ${set}`,
      ConditionExpression: condition,
      ExpressionAttributeNames: namesOf(names),
      ExpressionAttributeValues: attributeValuesOf(values),
      ReturnValues: 'ALL_NEW' as const,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
    try {
      const sent = this.#client.send(new UpdateItemCommand(plain(input)), abortableBy(signal));
      return { isDone: true, row: (await sent).Attributes };
    } catch (error) {
      const fault = this.#faultOf(error, signal);
      if (nameIn(error) !== REFUSED) throw fault;
      return { isDone: false, row: (error as { readonly Item?: Row }).Item };
    }
  }

  async remove(key: Key, signal: AbortSignal | undefined): Promise<void> {
    const input = { TableName: this.#table.stateTable, Key: attributeValuesOf({ ...key }) };
    await this.#translated(
      this.#client.send(new DeleteItemCommand(plain(input)), abortableBy(signal)),
      signal,
    );
  }

  /** Removes a row if it has this `at`. */
  async removeNotedAt(key: Key, at: number, signal: AbortSignal | undefined): Promise<void> {
    const input = {
      TableName: this.#table.stateTable,
      Key: attributeValuesOf({ ...key }),
      ConditionExpression: '#at = :at',
      ExpressionAttributeNames: namesOf(['at']),
      ExpressionAttributeValues: attributeValuesOf({ ':at': at }),
    };
    try {
      await this.#client.send(new DeleteItemCommand(plain(input)), abortableBy(signal));
    } catch (error) {
      const fault = this.#faultOf(error, signal);
      if (nameIn(error) !== REFUSED) throw fault;
    }
  }

  async #translated<T>(sent: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    try {
      return await sent;
    } catch (error) {
      throw this.#faultOf(error, signal);
    }
  }

  #faultOf(error: unknown, signal: AbortSignal | undefined): Fault {
    signal?.throwIfAborted();
    return translateError(error, statesIn(this.#table));
  }
}

function nameIn(error: unknown): unknown {
  return (error as { readonly name?: unknown }).name;
}
