import { originIn } from '../../src/adapters/aws/electrodb/rows/stored-origin.ts';
import { DERIVED_FROM } from '../../src/domain/stored-rows.ts';
import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { EncodedAttributes } from '../../src/adapters/dynamodb-stream/attribute-value.ts';
import type { MemorySearchIndex } from '../../src/adapters/memory/memory-search-index.ts';
import {
  type CountFound,
  type DerivedRowFound,
  DerivedState,
  type PointerFound,
} from '../../src/application/ports/derived-state.ts';
import { Decimal } from '../../src/domain/decimal.ts';
import { pointedBy } from '../../src/domain/pointer.ts';
import { type KeyValue, keyTextOf } from '../../src/domain/key-value.ts';
import type { Row } from '../../src/domain/row.ts';
import type { Attributes } from '../../src/domain/value.ts';
import type { TableDefinition } from '../../src/domain/definition/define-table.ts';
import type { TableModel } from '../../src/domain/table-model.ts';
import { fleet } from '../../src/fleet/definition.ts';

/** Another table, and the names of its key's attributes. */
export interface KeyedTable {
  readonly table: string;
  readonly keys: readonly string[];
}

/**
 * What a table on DynamoDB holds, and an index filled from the queue. Reads the rows without the worker's own
 * repositories, so that it can prove them right. Each method scans the whole table, consistently. Of rows
 * that are derived by functions it knows those in the table itself and in the others that it is told of.
 */
export class TableDerivedState extends DerivedState {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #index: Pick<MemorySearchIndex, 'documents'>;
  readonly #model: TableModel;
  readonly #others: readonly KeyedTable[];

  constructor(
    client: DynamoDBClient,
    table: string,
    index: Pick<MemorySearchIndex, 'documents'>,
    { model }: Pick<TableDefinition, 'model'> = fleet,
    others: readonly KeyedTable[] = [],
  ) {
    super();
    this.#others = others;
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

  override async *derivedRows(): AsyncGenerator<DerivedRowFound> {
    const { partition, sort } = this.#model.keys;
    const own = { table: this.#table, keys: sort === undefined ? [partition] : [partition, sort] };
    for (const { table, keys } of [own, ...this.#others])
      for await (const attributes of this.#itemsOf(table)) {
        const stored = attributes.get(DERIVED_FROM);
        if (typeof stored !== 'string') continue;
        const source = originIn(this.#table, table === this.#table ? undefined : table, stored);
        const model = this.#model.derivedRows.find(({ name }) => source.startsWith(`${name} `));
        if (model === undefined) continue;
        const others = [...attributes.all()].filter(
          ([name]) => name !== DERIVED_FROM && !keys.includes(name),
        );
        const row = {
          table: table === this.#table ? undefined : table,
          key: Object.fromEntries(keys.map((name) => [name, attributes.get(name) as KeyValue])),
          attributes: Object.fromEntries(others),
        };
        yield { model, row, source };
      }
  }

  override async *rows() {
    for await (const [attributes] of this.#scan()) yield attributes;
  }

  async *#itemsOf(TableName: string): AsyncGenerator<Attributes> {
    const pages = paginateScan({ client: this.#client }, { TableName, ConsistentRead: true });
    for await (const { Items = [] } of pages)
      for (const item of Items) yield new EncodedAttributes(item, {}, 'the row');
  }

  async *#scan(): AsyncGenerator<[Attributes, Row | undefined]> {
    for await (const attributes of this.#itemsOf(this.#table)) {
      const { partition, partitionType, sort, sortType } = this.#model.keys;
      const row = this.#model.rowOf(
        keyTextOf(attributes.get(partition), partitionType) ?? '',
        sort === undefined ? undefined : (keyTextOf(attributes.get(sort), sortType) ?? ''),
      );
      yield [attributes, row === undefined || 'malformed' in row ? undefined : row];
    }
  }
}

function textOf(attributes: Attributes, name: string): string {
  const value = attributes.get(name);
  return typeof value === 'string' ? value : '';
}
