import {
  type AttributeValue,
  DescribeTableCommand,
  ScanCommand,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  type ScanPage,
  type ScanRequest,
  TableScan,
  type TableSize,
} from '../../../../application/ports/table-scan.ts';
import { Fault } from '../../../../domain/fault.ts';
import { keyTextOf } from '../../../../domain/key-value.ts';
import type { ItemKey } from '../../../../domain/row.ts';
import type { KeySchema } from '../../../../domain/table-model.ts';
import type { Attributes } from '../../../../domain/value.ts';
import { abortableBy } from '../../clients.ts';
import { plain } from '../../plain-requests.ts';
import { translateError } from '../../translate-error.ts';
import { attributeValuesOf } from '../attribute-values.ts';
import { rawKey } from '../raw-key.ts';
import { ItemAttributes } from './item-attributes.ts';
import { placeText, readPlace } from './place.ts';

/** Of a consistent read. */
const BYTES_PER_UNIT = 4_096;

/** The rows of a table by consistent parallel scans. A page ends at 1 MB, however many rows were asked for. */
export class DynamoDbTableScan extends TableScan {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #keys: KeySchema;

  /** @param keys of the table. */
  constructor(client: DynamoDBDocumentClient, table: string, keys: KeySchema) {
    super();
    this.#client = client;
    this.#table = table;
    this.#keys = keys;
  }

  override async page(
    { segment, segments, from, limit }: ScanRequest,
    signal?: AbortSignal,
  ): Promise<ScanPage> {
    signal?.throwIfAborted();
    const start = from === undefined ? undefined : readPlace(from, this.#keys);
    const input = {
      TableName: this.#table,
      ConsistentRead: true,
      Segment: segment,
      TotalSegments: segments,
      Limit: limit,
      ReturnConsumedCapacity: 'TOTAL' as const,
      ...(start && { ExclusiveStartKey: attributeValuesOf(rawKey(this.#keys, start)) }),
    };
    const {
      Items = [],
      LastEvaluatedKey,
      ConsumedCapacity,
    }: ScanCommandOutput = await this.#sent(
      this.#client.send(new ScanCommand(plain(input)), abortableBy(signal)),
      signal,
    );
    return {
      rows: Items.map((item) => {
        const attributes = new ItemAttributes(item);
        return { key: this.#keyOf(attributes), attributes };
      }),
      next: this.#placeOf(LastEvaluatedKey),
      readUnits: ConsumedCapacity?.CapacityUnits ?? 0,
    };
  }

  override async size(signal?: AbortSignal): Promise<TableSize> {
    signal?.throwIfAborted();
    const { Table } = await this.#sent(
      this.#client.send(new DescribeTableCommand({ TableName: this.#table }), abortableBy(signal)),
      signal,
    );
    const { ItemCount = 0, TableSizeBytes = 0, ProvisionedThroughput, OnDemandThroughput } = Table ?? {};
    // On demand, what is provisioned is 0, and a maximum that nobody has set -1.
    const bounds = [ProvisionedThroughput?.ReadCapacityUnits, OnDemandThroughput?.MaxReadRequestUnits];
    return {
      rows: ItemCount,
      scanUnits: Math.ceil(TableSizeBytes / BYTES_PER_UNIT),
      readUnitsPerSecond: bounds.find((bound) => bound !== undefined && bound > 0),
    };
  }

  #placeOf(key: Readonly<Record<string, AttributeValue>> | undefined): string | undefined {
    // An emulator says that nothing follows by a key with nothing in it.
    if (key === undefined || Object.keys(key).length === 0) return undefined;
    return placeText(this.#keyOf(new ItemAttributes(key)));
  }

  #keyOf(attributes: Attributes): ItemKey {
    const { partition, partitionType, sort, sortType } = this.#keys;
    const inPartition = keyTextOf(attributes.get(partition), partitionType);
    const inSort = sort === undefined ? undefined : keyTextOf(attributes.get(sort), sortType);
    if (inPartition === undefined || (sort !== undefined && inSort === undefined))
      throw new Fault(
        'configuration',
        `table ${this.#table} has a row whose key is not ${[partition, ...(sort === undefined ? [] : [sort])].join(' and ')} as the definition says: check TABLE_NAME, and keys in the definition`,
      );
    return { partition: inPartition, sort: inSort };
  }

  async #sent<T>(sent: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    try {
      return await sent;
    } catch (error) {
      signal?.throwIfAborted();
      throw translateError(error, { resource: `table ${this.#table}`, variable: 'TABLE_NAME' });
    }
  }
}
