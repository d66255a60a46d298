import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { EncodedAttributes } from '../../src/adapters/dynamodb-stream/attribute-value.ts';
import { rowOf } from '../../src/adapters/dynamodb-stream/row-models.ts';
import type { MemorySearchIndex } from '../../src/adapters/memory/memory-search-index.ts';
import { DerivedState } from '../../src/application/ports/derived-state.ts';
import { defaultImageOf } from '../../src/domain/default-image.ts';
import { Decimal } from '../../src/domain/decimal.ts';
import type { Row } from '../../src/domain/row.ts';
import type { Attributes } from '../../src/domain/value.ts';

/**
 * What a table on DynamoDB holds, and an index filled from the queue. Reads the rows without the worker's own
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

  override async *defaultImages() {
    for await (const [attributes, row] of this.#scan())
      if (row?.kind === 'default-image') yield { entity: row.entity, image: defaultImageOf(attributes) };
  }

  /** @throws Error when a count's keys and attributes contradict each other. */
  override async *tupleCounts() {
    for await (const [attributes, row] of this.#scan()) {
      if (row?.kind !== 'matcher-tuple') continue;
      const text = (name: string) => textOf(attributes, name);
      const tuple = {
        manufacturer: text('manufacturer'),
        model: text('model'),
        typeDesignator: text('type_designator'),
      };
      const keys = [
        `ICAO#MATCHER#MFR#${tuple.manufacturer}`,
        `MODEL#${tuple.model}#TYPE#${tuple.typeDesignator}`,
      ];
      if (text('PK') !== keys[0] || text('SK') !== keys[1])
        throw new Error(`a count's attributes contradict its keys ${text('PK')} ${text('SK')}`);
      const count = attributes.get('count');
      yield { tuple, count: count instanceof Decimal ? Number(count.text) : NaN };
    }
  }

  override async *rows() {
    for await (const [attributes] of this.#scan()) yield attributes;
  }

  async *#scan(): AsyncGenerator<[Attributes, Row | undefined]> {
    const pages = paginateScan({ client: this.#client }, { TableName: this.#table, ConsistentRead: true });
    for await (const { Items = [] } of pages)
      for (const item of Items) {
        const attributes = new EncodedAttributes(item, {}, 'the row');
        const row = rowOf(textOf(attributes, 'PK'), textOf(attributes, 'SK'));
        yield [attributes, row === undefined || 'malformed' in row ? undefined : row];
      }
  }
}

function textOf(attributes: Attributes, name: string): string {
  const value = attributes.get(name);
  return typeof value === 'string' ? value : '';
}
