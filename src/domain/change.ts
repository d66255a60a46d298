import type { Row } from './row.ts';
import type { Attributes } from './value.ts';
import type { Version } from './version.ts';

export type Operation = 'INSERT' | 'MODIFY' | 'REMOVE';

/** Who made the change: a writer, the table's time-to-live process, or replication from another region. */
export type Origin = 'user' | 'ttl' | 'replication';

/**
 * A row's image on one side of a change: its attributes, `absent` where the row did not exist, `withheld` where
 * it did but the stream does not carry it.
 */
export type Side = Attributes | 'absent' | 'withheld';

/** A stream record as it came. Only what the worker itself reads has been checked, so that any member may be missing. */
export interface SourceRecord {
  readonly eventID?: string;
  readonly eventName?: string;
  readonly eventVersion?: string;
  readonly eventSource?: string;
  readonly awsRegion?: string;
  /** The stream's ARN. */
  readonly eventSourceARN?: string;
  /** Who made the change, where it was no writer. */
  readonly userIdentity?: { readonly type?: string; readonly principalId?: string };
  readonly dynamodb?: {
    /** Seconds since 1970. */
    readonly ApproximateCreationDateTime?: number;
    readonly Keys?: Readonly<Record<string, unknown>>;
    readonly NewImage?: Readonly<Record<string, unknown>>;
    readonly OldImage?: Readonly<Record<string, unknown>>;
    readonly SequenceNumber?: string;
    readonly SizeBytes?: number;
    readonly StreamViewType?: string;
  };
}

/** One change of one row. */
export interface Change {
  /** Identifies the change: no two changes share both. */
  readonly identity: { readonly stream: string; readonly sequence: string };
  readonly version: Version;
  /** One string per item of the table; changes of the same item must be applied in order. */
  readonly item: string;
  readonly row: Row;
  readonly operation: Operation;
  readonly before: Side;
  readonly after: Side;
  /** What the stream says it carries (`NEW_AND_OLD_IMAGES`, …), where it says so. */
  readonly viewType?: string | undefined;
  /** When the change was made, in milliseconds since 1970, to the second. */
  readonly at?: number | undefined;
  readonly origin: Origin;
  /** The record that says so, where there is one. */
  readonly record?: SourceRecord | undefined;
  /** The change itself, where this is what it is to one kind of row. */
  readonly whole?: Change | undefined;
}

/** Whether two records of one change say the same. */
export function sameContent(a: Change, b: Change): boolean {
  return a.operation === b.operation && sameSide(a.before, b.before) && sameSide(a.after, b.after);
}

function sameSide(a: Side, b: Side): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return a.equals(b);
}
