import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { SearchFences } from '../../../../application/ports/search-fences.ts';
import type { Result } from '../../../../application/result.ts';
import type { Fault } from '../../../../domain/fault.ts';
import type { DocumentKey } from '../../../../domain/search-document.ts';
import type { SearchFence, SearchFenceMove } from '../../../../domain/search-fence.ts';
import { DEFAULT_CONCURRENCY } from '../../client-defaults.ts';
import { abortableBy } from '../../clients.ts';
import { plain } from '../../plain-requests.ts';
import { translateError } from '../../translate-error.ts';
import { attributeValuesOf } from '../attribute-values.ts';
import { loadStates } from '../load-states.ts';
import { formFault } from '../state-row.ts';
import { statesIn, type StateTable } from '../state-table.ts';
import { scanItems } from '../listing/scan-items.ts';
import { documentOfFence, fenceIn, fenceKey, fencePut, type FenceRow, FENCES } from './fence-row.ts';

export interface DynamoDbSearchFencesOptions extends StateTable {
  /** Requests under way at a time in one call, at least 1. */
  readonly concurrency?: number;
}

/**
 * The fences of a search index in DynamoDB: a row of the state table for each document, which expires 30 days after the
 * document went. They are read a hundred a request.
 *
 * Each is moved by a conditional put of its own: one write unit. A transaction of a hundred is one request instead of a
 * hundred, and takes two units for each: 1.25 instead of 0.625 US$ for a million documents on demand, to save processor time
 * that costs less than a hundredth of that; and whoever meets another writer in one of its rows writes all of them again.
 *
 * A put whose answer was lost, and which the SDK sends again, is a `conflict`, although it was this caller that moved the
 * fence: a caller that writes again then does more than it must, and nothing wrong.
 */
export class DynamoDbSearchFences extends SearchFences {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: StateTable;
  readonly #concurrency: number;

  constructor(
    client: DynamoDBDocumentClient,
    { concurrency = DEFAULT_CONCURRENCY, ...table }: DynamoDbSearchFencesOptions,
  ) {
    super();
    this.#client = client;
    this.#table = table;
    this.#concurrency = concurrency;
  }

  override load(
    keys: readonly DocumentKey[],
    signal?: AbortSignal,
  ): Promise<readonly (SearchFence | undefined | Fault)[]> {
    const read = (row: FenceRow, index: number) =>
      formFault(`the fences of ${(keys[index] as DocumentKey).collection}`, row) ?? fenceIn(row);
    return loadStates(this.#client, this.#table, keys.map(fenceKey), read, signal);
  }

  override advance(moves: readonly SearchFenceMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    return pMap(moves, (move) => this.#move(move, signal), { concurrency: this.#concurrency });
  }

  override async *documents(
    collections: readonly string[],
    signal?: AbortSignal,
  ): AsyncGenerator<readonly (DocumentKey | undefined)[]> {
    const fences = {
      TableName: this.#table.stateTable,
      FilterExpression: '#removed = :no AND begins_with(PK, :fences)',
      ProjectionExpression: 'PK',
      ExpressionAttributeNames: { '#removed': 'removed' },
      ExpressionAttributeValues: { ':no': { BOOL: false }, ':fences': { S: FENCES } },
    };
    for await (const page of scanItems(this.#client, fences, statesIn(this.#table), signal))
      yield page
        .map((row) => row.get('PK'))
        .map((PK) => (typeof PK === 'string' ? documentOfFence(PK) : undefined))
        .filter((key) => key === undefined || collections.includes(key.collection));
  }

  async #move(move: SearchFenceMove, signal: AbortSignal | undefined): Promise<Result> {
    signal?.throwIfAborted();
    const {
      Item,
      ExpressionAttributeValues: values,
      ...put
    } = fencePut(this.#table.stateTable, move, Date.now());
    const input = {
      ...put,
      Item: attributeValuesOf(Item ?? {}),
      ...(values === undefined ? {} : { ExpressionAttributeValues: attributeValuesOf(values) }),
    };
    try {
      await this.#client.send(new PutItemCommand(plain(input)), abortableBy(signal));
      return 'done';
    } catch (error) {
      signal?.throwIfAborted();
      const fault = translateError(error, statesIn(this.#table));
      return fault.kind === 'conflict' ? 'conflict' : fault;
    }
  }
}
