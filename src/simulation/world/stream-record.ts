import { streamRecordOf } from '../../adapters/dynamodb-stream/stream-record.ts';
import { imageOf } from '../rows/image.ts';
import type { ItemKey } from '../../domain/row.ts';
import type { KeySchema } from '../../domain/table-model.ts';
import type { Attributes } from '../../domain/value.ts';
import { keyImage } from './item.ts';

/** A stream record, of which any part may be spoiled. */
export interface StreamRecord {
  readonly [name: string]: unknown;
  readonly dynamodb: Readonly<Record<string, unknown>>;
}

export interface RecordParts {
  readonly keys: KeySchema;
  readonly at: ItemKey;
  /** Undefined where there was, or is, no row. */
  readonly before: Attributes | undefined;
  readonly after: Attributes | undefined;
  readonly sequence: bigint;
  readonly streamArn: string;
  /** When the change was made, in milliseconds since 1970. */
  readonly time: number;
  readonly eventID: string;
  /** Whether the table's time-to-live process made it. */
  readonly expired: boolean;
}

/** The record of a change, as Lambda delivers it. */
export function streamRecord(parts: RecordParts): StreamRecord {
  const { keys, at, before, after, sequence, streamArn, time, eventID, expired } = parts;
  const imageIn = (row: Attributes | undefined) => (row === undefined ? undefined : imageOf(row.all()));
  const record = streamRecordOf({
    ...{ streamArn, view: 'NEW_AND_OLD_IMAGES', eventID, sequence, at: time },
    keys: keyImage(keys, at),
    before: imageIn(before),
    after: imageIn(after),
    origin: expired ? 'ttl' : 'user',
    sizeBytes: 200,
  });
  return { ...record, dynamodb: { ...record.dynamodb } };
}

/** The record with parts of its `dynamodb` replaced. */
export function withDynamodb(record: StreamRecord, parts: Readonly<Record<string, unknown>>): StreamRecord {
  return { ...record, dynamodb: { ...record.dynamodb, ...parts } };
}
