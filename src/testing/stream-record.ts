import { encodeRecord } from '../adapters/dynamodb-stream/encode-value.ts';
import {
  carriesNew,
  carriesOld,
  REGION,
  type StreamRecord,
  streamRecordOf,
  type ViewType,
} from '../adapters/dynamodb-stream/stream-record.ts';
import { itemBytes } from '../domain/item-limits.ts';
import type { Image } from './given-row.ts';
import type { TableChange } from './source-table.ts';

export const VIEW_TYPES: readonly ViewType[] = ['NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'];

/** An event of a DynamoDB stream, as Lambda is given it. */
export interface StreamEvent {
  Records: StreamRecord[];
}

/** As long as DynamoDB's own. */
const FIRST_SEQUENCE = 100_000_000_000_000_000_000n;

/** Makes the records of one stream: each has the next sequence number. */
export class RecordMaker {
  readonly #streamArn: string;
  readonly #view: ViewType;
  /** By records without both images, the same with both. */
  readonly #whole = new WeakMap<StreamRecord, StreamRecord>();
  #made = 0n;

  constructor(table: string, view: ViewType) {
    this.#streamArn = `arn:aws:dynamodb:${REGION}:111122223333:table/${table}/stream/2026-01-01T00:00:00.000`;
    this.#view = view;
  }

  recordOf({ keys, before, after, at, origin }: TableChange): StreamRecord {
    const number = ++this.#made;
    const view = this.#view;
    const encoded = (row: Image | undefined) => (row === undefined ? undefined : encodeRecord(row));
    const carried = [keys, carriesNew(view) ? after : undefined, carriesOld(view) ? before : undefined];
    const parts = {
      streamArn: this.#streamArn,
      view,
      eventID: number.toString(16).padStart(32, '0'),
      sequence: FIRST_SEQUENCE + number,
      keys: encodeRecord(keys),
      before: encoded(before),
      after: encoded(after),
      at,
      origin,
      sizeBytes: carried.reduce((bytes, image) => bytes + (image === undefined ? 0 : itemBytes(image)), 0),
    };
    const record = streamRecordOf(parts);
    const both = 'NEW_AND_OLD_IMAGES';
    if (view !== both) this.#whole.set(record, streamRecordOf({ ...parts, view: both }));
    return record;
  }

  /** One of these records with both images, as it would be if the stream carried them. */
  whole(record: StreamRecord): StreamRecord {
    return this.#whole.get(record) ?? record;
  }
}
