import type { Operation, Origin } from '../../domain/change.ts';
import type { EncodedValue } from './encode-value.ts';

/** What a stream carries of a row beside its keys. */
export type ViewType = 'NEW_AND_OLD_IMAGES' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'KEYS_ONLY';

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

type Image = Readonly<Record<string, EncodedValue>>;

export interface RecordParts {
  readonly streamArn: string;
  readonly view: ViewType;
  readonly eventID: string;
  readonly sequence: bigint;
  readonly keys: Image;
  /** The row before the change and after it, undefined where there is none: what the stream carries of them is put in. */
  readonly before: Image | undefined;
  readonly after: Image | undefined;
  /** When the change was made, in milliseconds since 1970. */
  readonly at: number;
  /** `ttl` where the table's time-to-live process made it. */
  readonly origin: Origin;
  readonly sizeBytes: number;
}

export const REGION = 'eu-central-1';

/** The record of a change, for those who make up streams. */
export function streamRecordOf(parts: RecordParts): StreamRecord {
  const { streamArn, view, eventID, sequence, keys, before, after, at, origin, sizeBytes } = parts;
  return {
    eventID,
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: REGION,
    ...(origin === 'ttl' && {
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    }),
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(at / 1_000),
      Keys: keys,
      ...(carriesNew(view) && after !== undefined && { NewImage: after }),
      ...(carriesOld(view) && before !== undefined && { OldImage: before }),
      SequenceNumber: String(sequence),
      SizeBytes: sizeBytes,
      StreamViewType: view,
    },
    eventSourceARN: streamArn,
  };
}

export function carriesNew(view: ViewType): boolean {
  return view === 'NEW_AND_OLD_IMAGES' || view === 'NEW_IMAGE';
}

export function carriesOld(view: ViewType): boolean {
  return view === 'NEW_AND_OLD_IMAGES' || view === 'OLD_IMAGE';
}
