import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  DerivedListing,
  type ListedItem,
  type ListedState,
} from '../../../../application/ports/derived-listing.ts';
import type { ItemKey } from '../../../../domain/row.ts';
import { DERIVED_FROM } from '../../../../domain/stored-rows.ts';
import type { TableModel } from '../../../../domain/table-model.ts';
import type { Attributes } from '../../../../domain/value.ts';
import { abortableBy } from '../../clients.ts';
import type { AwsResource } from '../../error-message.ts';
import { translateError } from '../../translate-error.ts';
import { FENCES } from '../search/fence-row.ts';
import { statesIn, type StateTable } from '../state-table.ts';
import { itemInTable, rowIn } from './item-in-table.ts';
import { scanItems } from './scan-items.ts';
import { stateInTable } from './state-in-table.ts';

export interface ListedTables extends StateTable {
  /** Where the source rows are. */
  readonly table: string;
}

/**
 * What is derived in DynamoDB: pointers, counts and derived rows are rows of the source table, which a scan of it shows; those in
 * other tables take a scan of each, and the states one of the state table.
 */
export class DynamoDbDerivedListing extends DerivedListing {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: ListedTables;
  readonly #model: TableModel;

  constructor(client: DynamoDBDocumentClient, tables: ListedTables, model: TableModel) {
    super();
    this.#client = client;
    this.#tables = tables;
    this.#model = model;
  }

  override inTable(key: ItemKey, attributes: Attributes): ListedItem | undefined {
    return itemInTable(this.#model, key, attributes);
  }

  override async *elsewhere(
    tables: readonly string[],
    signal?: AbortSignal,
  ): AsyncGenerator<readonly ListedItem[]> {
    for (const name of tables) {
      const used = { resource: `table ${name}`, variable: 'the table of derived rows' };
      const keys = await this.#keysOf(name, used, signal);
      const derived = {
        TableName: name,
        FilterExpression: 'attribute_exists(#source)',
        ExpressionAttributeNames: { '#source': DERIVED_FROM },
      };
      for await (const page of scanItems(this.#client, derived, used, signal))
        yield page.flatMap((row) => rowIn(this.#model, { name, keys, own: this.#tables.table }, row) ?? []);
    }
  }

  override async *states(signal?: AbortSignal): AsyncGenerator<readonly ListedState[]> {
    const states = {
      TableName: this.#tables.stateTable,
      // Fences, shards and what else there is are none: of those, no more is sent than must be.
      FilterExpression: '#removed = :no AND NOT begins_with(PK, :fences)',
      ProjectionExpression: 'PK, SK',
      ExpressionAttributeNames: { '#removed': 'removed' },
      ExpressionAttributeValues: { ':no': { BOOL: false }, ':fences': { S: FENCES } },
    };
    for await (const page of scanItems(this.#client, states, statesIn(this.#tables), signal))
      yield page.flatMap((row) => {
        const [PK, SK] = [row.get('PK'), row.get('SK')];
        return typeof PK === 'string' && typeof SK === 'string'
          ? (stateInTable(this.#model, { PK, SK }) ?? [])
          : [];
      });
  }

  async #keysOf(
    TableName: string,
    used: AwsResource,
    signal: AbortSignal | undefined,
  ): Promise<readonly string[]> {
    signal?.throwIfAborted();
    try {
      const { Table } = await this.#client.send(new DescribeTableCommand({ TableName }), abortableBy(signal));
      return (Table?.KeySchema ?? []).flatMap(({ AttributeName }) => AttributeName ?? []);
    } catch (error) {
      signal?.throwIfAborted();
      throw translateError(error, used);
    }
  }
}
