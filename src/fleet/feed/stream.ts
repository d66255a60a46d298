import type { DynamoDBRecord } from 'aws-lambda';
import type { Image } from './attribute.ts';
import type { Random } from '../../random/random.ts';

/** One change of an item, and how large its images are. */
export interface ItemChange {
  readonly keys: Image;
  readonly before?: Image | undefined;
  readonly after?: Image | undefined;
  readonly size: number;
  readonly byTimeToLive?: boolean | undefined;
}

const STARTED_AT = Date.UTC(2026, 0, 5, 9);

/** Sequence numbers start so short of another digit that it comes after some 650 records. */
const LONGER_SEQUENCE_AT = 10n ** 21n;
const SEQUENCES_BEFORE = 65_000;
const SEQUENCE_STEP = 199;

/** Numbers and times the table's changes and words them as stream records. */
export class Stream {
  readonly #arn: string;
  readonly #region: string;
  readonly #random: Random;
  #now = STARTED_AT;
  #sequence: bigint;

  constructor(arn: string, random: Random) {
    this.#arn = arn;
    this.#region = arn.split(':')[3] ?? '';
    this.#random = random;
    this.#sequence = LONGER_SEQUENCE_AT - BigInt(SEQUENCES_BEFORE + random.int(0, SEQUENCE_STEP));
  }

  /** When the next change happens, in milliseconds since 1970. Later for every change. */
  get now(): number {
    return this.#now;
  }

  record(change: ItemChange): DynamoDBRecord {
    const { keys, before, after } = change;
    this.#sequence += BigInt(this.#random.int(1, SEQUENCE_STEP));
    const record: DynamoDBRecord = {
      eventID: this.#random.hex(4),
      eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: this.#region,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(this.#now / 1000),
        Keys: keys,
        ...(after && { NewImage: after }),
        ...(before && { OldImage: before }),
        SequenceNumber: this.#sequence.toString(),
        SizeBytes: change.size,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
      ...(change.byTimeToLive && {
        userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      }),
      eventSourceARN: this.#arn,
    };
    this.#advance();
    return record;
  }

  /** Mostly a busy second, at times a pause: two seconds a change on average. */
  #advance(): void {
    const kind = this.#random.fraction();
    if (kind < 0.7) this.#now += this.#random.int(1, 40);
    else if (kind < 0.98) this.#now += this.#random.int(100, 4000);
    else this.#now += this.#random.int(20_000, 120_000);
  }
}
