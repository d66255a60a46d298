import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { EncodedAttributes } from '../../src/adapters/dynamodb-stream/attribute-value.ts';
import type { MemorySearchIndex } from '../../src/adapters/memory/memory-search-index.ts';
import {
  type CountFound,
  DerivedState,
  type PointerFound,
} from '../../src/application/ports/derived-state.ts';
import { Decimal } from '../../src/domain/decimal.ts';
import { pointedBy } from '../../src/domain/pointer.ts';
import type { Row } from '../../src/domain/row.ts';
import type { Attributes } from '../../src/domain/value.ts';
import { fleet } from '../../src/fleet/definition.ts';

/**
 * What the fleet's table on DynamoDB holds, and an index filled from the queue. Reads the rows without the worker's own
 * repositories, so that it can prove them right. Each method scans the whole table, consistently.
 */
export class TableDerivedState extends DerivedState {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #index: MemorySearchIndex;

  constructor(client: DynamoDBClient, table: string, index: MemorySearchIndex) {
    super();
    this.#client = client;
    this.#table = table;
    this.#index = index;
  }

  override async *documents() {
    yield* this.#index.documents();
  }

  override async *pointers(): AsyncGenerator<PointerFound> {
    for await (const [attributes, row] of this.#scan()) {
      const model = fleet.model.pointers.find(({ name }) => name === row?.model.name);
      if (row === undefined || model === undefined) continue;
      yield { entity: { model, parts: row.parts }, member: pointedBy(model, attributes) };
    }
  }

  /** @throws Error when a count is none, or its keys and attributes contradict each other. */
  override async *counts(): AsyncGenerator<CountFound> {
    for await (const [attributes, row] of this.#scan()) {
      const model = fleet.model.counts.find(({ name }) => name === row?.model.name);
      if (row === undefined || model === undefined) continue;
      const { names } = row.model;
      const tuple = Object.fromEntries(names.map((name) => [name, textOf(attributes, name)]));
      const keys = `${textOf(attributes, 'PK')} ${textOf(attributes, 'SK')}`;
      if (names.some((name, index) => tuple[name] !== row.parts[index]))
        throw new Error(`a count's attributes contradict its keys ${keys}`);
      const count = attributes.get(model.as);
      if (!(count instanceof Decimal)) throw new Error(`the count at ${keys} is no number`);
      yield { model, tuple, count };
    }
  }

  /** The fleet has none. */
  override async *derivedRows() {}

  override async *rows() {
    for await (const [attributes] of this.#scan()) yield attributes;
  }

  async *#scan(): AsyncGenerator<[Attributes, Row | undefined]> {
    const pages = paginateScan({ client: this.#client }, { TableName: this.#table, ConsistentRead: true });
    for await (const { Items = [] } of pages)
      for (const item of Items) {
        const attributes = new EncodedAttributes(item, {}, 'the row');
        const row = fleet.model.rowOf(textOf(attributes, 'PK'), textOf(attributes, 'SK'));
        yield [attributes, row === undefined || 'malformed' in row ? undefined : row];
      }
  }
}

function textOf(attributes: Attributes, name: string): string {
  const value = attributes.get(name);
  return typeof value === 'string' ? value : '';
}
