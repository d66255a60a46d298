import type { Change } from '../domain/change.ts';
import type { Fault } from '../domain/fault.ts';
import type { Version } from '../domain/version.ts';

/** What is known of a stream record without decoding it: for logs and reports. Parts that it lacks are undefined. */
export interface RecordSummary {
  readonly eventName?: string | undefined;
  readonly pk?: string | undefined;
  readonly sk?: string | undefined;
  readonly sizeBytes?: number | undefined;
  readonly sequenceNumber?: string | undefined;
  readonly eventID?: string | undefined;
  /** When the change was made, in milliseconds since 1970, to the second. */
  readonly at?: number | undefined;
  /** Where the record was read from (`feed.ndjson:12`), for recorded ones. */
  readonly place?: string | undefined;
}

/** One record of a batch, routed by its keys. */
export type Delivery = {
  /** May be computed at each access: few records are ever looked at. */
  readonly record: RecordSummary;
  /** When the change was made, in milliseconds since 1970, to the second. */
  readonly at?: number | undefined;
  /** The record as it came. */
  readonly raw: unknown;
  /**
   * The same whenever the record is delivered, and different for every record that says something else; undefined where
   * there is none. Computed at each access, from all that the record holds.
   */
  readonly digest?: string | undefined;
} & (
  | { readonly kind: 'change'; readonly change: Change }
  /** A row that nothing is derived from. */
  | { readonly kind: 'unrecognised' }
  /** `item` is known when the record's keys are, `version` when its number is. */
  | {
      readonly kind: 'undecodable';
      readonly fault: Fault;
      readonly item?: string | undefined;
      readonly version?: Version | undefined;
    }
);

/** The item that a record is of, where it is known and matters. */
export function itemOf(delivery: Delivery): string | undefined {
  if (delivery.kind === 'unrecognised') return undefined;
  return delivery.kind === 'change' ? delivery.change.item : delivery.item;
}

/** Which change of its item a record is of, where that is known and matters. */
export function versionOf(delivery: Delivery): Version | undefined {
  if (delivery.kind === 'unrecognised') return undefined;
  return delivery.kind === 'change' ? delivery.change.version : delivery.version;
}

/** What became of one record. Every record of a batch gets exactly one. */
export type Outcome =
  /** Everything that the change asks for is done; perhaps it asked for nothing. */
  | { readonly status: 'applied' }
  /** A row that nothing is derived from. */
  | { readonly status: 'ignored' }
  /** The same change stands earlier in the batch. */
  | { readonly status: 'duplicate' }
  /** It can never be handled, and is kept in quarantine. `before`: since an earlier delivery of its batch. */
  | { readonly status: 'quarantined'; readonly fault: Fault; readonly before?: true }
  /** It is not carried out, nor is what follows of its item, which is parked: `why`, where that is for this record. */
  | { readonly status: 'parked'; readonly why?: Fault | undefined }
  /** To be delivered again. `heldBack`: only because an earlier change of its item failed. */
  | { readonly status: 'failed'; readonly fault: Fault; readonly heldBack: boolean };
