import { type EncodedValue, encodeRecord } from '../adapters/dynamodb-stream/encode-value.ts';
import type { Operation } from '../domain/change.ts';
import { itemBytes } from '../domain/item-limits.ts';
import type { TableChange } from './source-table.ts';

/** What a stream carries of a row beside its keys. */
export type ViewType = 'NEW_AND_OLD_IMAGES' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'KEYS_ONLY';

export const VIEW_TYPES: readonly ViewType[] = ['NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'];

/** A record of a DynamoDB stream, as Lambda is given it. */
export interface StreamRecord {
  eventID: string;
  eventName: Operation;
  eventVersion: string;
  eventSource: string;
  awsRegion: string;
  eventSourceARN: string;
  userIdentity?: { type: string; principalId: string };
  dynamodb: {
    ApproximateCreationDateTime: number;
    Keys: Record<string, EncodedValue>;
    NewImage?: Record<string, EncodedValue>;
    OldImage?: Record<string, EncodedValue>;
    SequenceNumber: string;
    SizeBytes: number;
    StreamViewType: ViewType;
  };
}

/** An event of a DynamoDB stream, as Lambda is given it. */
export interface StreamEvent {
  Records: StreamRecord[];
}

const REGION = 'eu-central-1';

/** As long as DynamoDB's own. */
const FIRST_SEQUENCE = 100_000_000_000_000_000_000n;

/** Makes the records of one stream: each has the next sequence number. */
export class RecordMaker {
  readonly #streamArn: string;
  readonly #view: ViewType;
  #made = 0n;

  constructor(table: string, view: ViewType) {
    this.#streamArn = `arn:aws:dynamodb:${REGION}:111122223333:table/${table}/stream/2026-01-01T00:00:00.000`;
    this.#view = view;
  }

  recordOf({ operation, keys, before, after, at, origin }: TableChange): StreamRecord {
    const number = ++this.#made;
    const [hasNew, hasOld] = [/^NEW/.test(this.#view), /OLD/.test(this.#view)];
    const images = {
      ...(hasNew && after !== undefined && { NewImage: encodeRecord(after) }),
      ...(hasOld && before !== undefined && { OldImage: encodeRecord(before) }),
    };
    const sizes = [keys, hasNew ? after : undefined, hasOld ? before : undefined];
    return {
      eventID: number.toString(16).padStart(32, '0'),
      eventName: operation,
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: REGION,
      eventSourceARN: this.#streamArn,
      ...(origin === 'ttl' && {
        userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      }),
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(at / 1000),
        Keys: encodeRecord(keys),
        ...images,
        SequenceNumber: String(FIRST_SEQUENCE + number),
        SizeBytes: sizes.reduce((bytes, image) => bytes + (image === undefined ? 0 : itemBytes(image)), 0),
        StreamViewType: this.#view,
      },
    };
  }
}
