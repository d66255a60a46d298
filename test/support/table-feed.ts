import { marshall } from '@aws-sdk/util-dynamodb';
import type { TableDefinition } from '../../src/domain/definition/define-table.ts';
import { STREAM_ARN } from './stream-records.ts';

/** A row as the document client takes it, keys included. */
export type PlainItem = Readonly<Record<string, unknown>>;

/** A table of any definition that words what is done to it as stream records, as Lambda delivers them. */
export class TableFeed {
  readonly #keys: readonly string[];
  readonly #rows = new Map<string, PlainItem>();
  #sequence = 100;

  constructor({ model: { keys } }: TableDefinition) {
    this.#keys = [keys.partition, ...(keys.sort === undefined ? [] : [keys.sort])];
  }

  /** Inserts the row, or replaces the one with its key. */
  put(row: PlainItem) {
    return this.#record(row, row);
  }

  /** Removes the row with this key; undefined where there is none. */
  remove(key: PlainItem) {
    return this.#rows.has(this.#nameOf(key)) ? this.#record(key, undefined) : undefined;
  }

  #record(key: PlainItem, after: PlainItem | undefined) {
    const name = this.#nameOf(key);
    const before = this.#rows.get(name);
    if (after === undefined) this.#rows.delete(name);
    else this.#rows.set(name, after);
    const SequenceNumber = String(this.#sequence++);
    return {
      eventID: `event ${SequenceNumber}`,
      eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-central-1',
      dynamodb: {
        ApproximateCreationDateTime: 1767603600,
        Keys: marshall(Object.fromEntries(this.#keys.map((attribute) => [attribute, key[attribute]]))),
        ...(after === undefined ? {} : { NewImage: marshall(after) }),
        ...(before === undefined ? {} : { OldImage: marshall(before) }),
        SequenceNumber,
        SizeBytes: 100,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
      eventSourceARN: STREAM_ARN,
    };
  }

  #nameOf(row: PlainItem): string {
    return JSON.stringify(this.#keys.map((attribute) => row[attribute]));
  }
}
