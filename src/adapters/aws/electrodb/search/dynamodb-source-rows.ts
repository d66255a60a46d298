import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { SourceRows } from '../../../../application/ports/source-rows.ts';
import { Fault } from '../../../../domain/fault.ts';
import type { ItemKey } from '../../../../domain/row.ts';
import type { KeySchema } from '../../../../domain/table-model.ts';
import { type Attributes, DecodedAttributes } from '../../../../domain/value.ts';
import { translateError } from '../../translate-error.ts';
import { readAll } from '../batch-get.ts';
import { fromNative, type NativeValue } from '../native-value.ts';
import { rawKey } from '../raw-key.ts';

/**
 * The rows of a table, a hundred a request. A key that DynamoDB leaves unprocessed has a `transient` Fault, to be read
 * again; a row that holds what no version of Contrail knows one of its own.
 */
export class DynamoDbSourceRows extends SourceRows {
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

  override async read(
    keys: readonly ItemKey[],
    signal?: AbortSignal,
  ): Promise<readonly (Attributes | undefined | Fault)[]> {
    try {
      const asked = keys.map((key) => rawKey(this.#keys, key));
      const rows = await readAll<Record<string, NativeValue>>(this.#client, this.#table, asked, signal);
      return rows.map((row) => (row === undefined || Fault.is(row) ? row : decoded(row)));
    } catch (error) {
      signal?.throwIfAborted();
      throw translateError(error, { resource: `table ${this.#table}`, variable: 'TABLE_NAME' });
    }
  }
}

function decoded(row: Readonly<Record<string, NativeValue>>): Attributes | Fault {
  try {
    const values = Object.entries(row).map(([name, value]) => [name, fromNative(value)] as const);
    return new DecodedAttributes(new Map(values));
  } catch (error) {
    return Fault.from(error);
  }
}
