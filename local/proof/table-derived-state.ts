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
import type { TableDefinition } from '../../src/domain/definition/define-table.ts';
import type { TableModel } from '../../src/domain/table-model.ts';
import { fleet } from '../../src/fleet/definition.ts';

/**
 * What a table on DynamoDB holds, and an index filled from the queue. Reads the rows without the worker's own
 * repositories, so that it can prove them right. Each method scans the whole table, consistently. Knows nothing of
 * rows that are derived by functions: the fleet has none.
 */
export class TableDerivedState extends DerivedState {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #index: MemorySearchIndex;
  readonly #model: TableModel;

  constructor(
    client: DynamoDBClient,
    table: string,
    index: MemorySearchIndex,
    { model }: Pick<TableDefinition, 'model'> = fleet,
  ) {
    super();
    this.#model = model;
    this.#client = client;
    this.#table = table;
    this.#index = index;
  }

  override async *documents() {
    yield* this.#index.documents();
  }

  override async *pointers(): AsyncGenerator<PointerFound> {
    for await (const [attributes, row] of this.#scan()) {
      const model = this.#model.pointers.find(({ name }) => name === row?.model.name);
      if (row === undefined || model === undefined) continue;
      yield { entity: { model, parts: row.parts }, member: pointedBy(model, attributes) };
    }
  }

  /** @throws Error when a count is none, or its keys and attributes contradict each other. */
  override async *counts(): AsyncGenerator<CountFound> {
    for await (const [attributes, row] of this.#scan()) {
      const model = this.#model.counts.find(({ name }) => name === row?.model.name);
      if (row === undefined || model === undefined) continue;
      const { names } = row.model;
      const tuple = Object.fromEntries(names.map((name) => [name, textOf(attributes, name)]));
      const keys = JSON.stringify(row.parts);
      if (names.some((name, index) => tuple[name] !== row.parts[index]))
        throw new Error(`a count's attributes contradict its keys ${keys}`);
      const count = attributes.get(model.as);
      if (!(count instanceof Decimal)) throw new Error(`the count at ${keys} is no number`);
      yield { model, tuple, count };
    }
  }

  override async *derivedRows() {}

  override async *rows() {
    for await (const [attributes] of this.#scan()) yield attributes;
  }

  async *#scan(): AsyncGenerator<[Attributes, Row | undefined]> {
    const pages = paginateScan({ client: this.#client }, { TableName: this.#table, ConsistentRead: true });
    for await (const { Items = [] } of pages)
      for (const item of Items) {
        const attributes = new EncodedAttributes(item, {}, 'the row');
        const { partition, sort } = this.#model.keys;
        const row = this.#model.rowOf(
          textOf(attributes, partition),
          sort === undefined ? undefined : textOf(attributes, sort),
        );
        yield [attributes, row === undefined || 'malformed' in row ? undefined : row];
      }
  }
}

function textOf(attributes: Attributes, name: string): string {
  const value = attributes.get(name);
  return typeof value === 'string' ? value : '';
}
