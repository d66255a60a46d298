import { compareVersions, type Version } from './version.ts';

/**
 * What is noted of an item a change of which could not be carried out: either it is parked, and nothing is derived of it until it is
 * redriven, or it is only counted how often a change of it has failed.
 */
export interface ParkedItem {
  /** As `itemKey` has it. */
  readonly item: string;
  /** When it was parked, in milliseconds since 1970; undefined while it is not. */
  readonly parkedAt: number | undefined;
  /** The change that could not be carried out. */
  readonly since: Version;
  /** The newest of its changes that were acknowledged and not carried out. */
  readonly newest: Version;
  /** How many those are. */
  readonly changes: number;
  /** At how many deliveries the change has failed, where that was counted; a lost answer may count one twice. */
  readonly deliveries: number;
  /** Why it could not be carried out. */
  readonly reason: string;
}

/** Why an item is parked, and when. */
export interface ParkingReason {
  readonly reason: string;
  /** In milliseconds since 1970. */
  readonly at: number;
}

/** Longer reasons are cut: an item's note is to stay small. */
const LONGEST_REASON = 1_000;

export function isParked(noted: ParkedItem | undefined): noted is ParkedItem & { readonly parkedAt: number } {
  return noted?.parkedAt !== undefined;
}

/**
 * An item with further changes that are not carried out.
 *
 * @param versions of its changes, in their order.
 * @returns undefined where all of them are noted already: they are delivered again.
 */
export function withChanges(noted: ParkedItem, versions: readonly Version[]): ParkedItem | undefined {
  const newer = versions.filter((version) => compareVersions(version, noted.newest) > 0);
  const newest = newer.at(-1);
  return newest && { ...noted, newest, changes: noted.changes + newer.length };
}

/**
 * An item that is parked for the first of some changes.
 *
 * @param versions in their order; at least one.
 * @returns undefined where it is, and all of them are noted.
 */
export function parkedFor(
  item: string,
  noted: ParkedItem | undefined,
  versions: readonly Version[],
  { reason, at }: ParkingReason,
): ParkedItem | undefined {
  if (isParked(noted)) return withChanges(noted, versions);
  const [since] = versions;
  const newest = versions.at(-1);
  if (since === undefined || newest === undefined) return undefined;
  const deliveries = isOf(noted, since) ? noted.deliveries : 0;
  return {
    ...{ item, parkedAt: at, since, newest, changes: versions.length, deliveries },
    reason: reason.slice(0, LONGEST_REASON),
  };
}

/** An item a change of which has failed once more, and which is not parked. */
export function failedAgain(
  item: string,
  noted: ParkedItem | undefined,
  version: Version,
  reason: string,
): ParkedItem {
  const deliveries = isOf(noted, version) ? noted.deliveries + 1 : 1;
  return {
    ...{ item, parkedAt: undefined, since: version, newest: version, changes: 0, deliveries },
    reason: reason.slice(0, LONGEST_REASON),
  };
}

function isOf(noted: ParkedItem | undefined, version: Version): noted is ParkedItem {
  return noted !== undefined && compareVersions(noted.since, version) === 0;
}
