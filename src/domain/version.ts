import { compareTexts } from './compare-texts.ts';

/**
 * Where a change stands among the changes of its item: the table's generation, then the stream's label, then the
 * sequence number; behind it the fills that follow it. A table's stream that is switched off and on again is a new stream with a later label. The labels
 * of two tables do not order them, nor do those of one table in two regions: generations do.
 */
export interface Version {
  /** How many tables were followed before this one: 0 for the first. */
  readonly generation: number;
  /** The stream's label, an ISO 8601 time; empty for an unnamed stream. */
  readonly epoch: string;
  /** Decimal digits, of any length; leading zeros mean nothing. */
  readonly sequence: string;
  /**
   * Above 0 for what was derived from the row as it was read, and not from a change: it follows the change that was derived before
   * it, and every other fill of that, and comes before the next change. Absent for changes.
   */
  readonly fill?: number;
}

/** Before every change that a stream can have. */
const NO_CHANGE: Version = { generation: 0, epoch: '', sequence: '0' };

/** What is derived from a row of which nothing ever was, always the same: for what may be done once only. */
export const FIRST_FILL: Version = { ...NO_CHANGE, fill: 1 };

/** Negative when `a` is older, positive when it is newer, 0 when both are the same change of the item. */
export function compareVersions(a: Version, b: Version): number {
  return (
    a.generation - b.generation ||
    compareTexts(a.epoch, b.epoch) ||
    compareSequences(a.sequence, b.sequence) ||
    (a.fill ?? 0) - (b.fill ?? 0)
  );
}

/**
 * Numeric order of two sequence numbers. They differ in length and exceed 2^64, so neither string order nor
 * `Number` would do.
 */
export function compareSequences(a: string, b: string): number {
  const left = a.replace(/^0+/, '');
  const right = b.replace(/^0+/, '');
  return left.length - right.length || compareTexts(left, right);
}

/**
 * The version of what is derived from a row as it was read. Changes that come after `from` pass it, also those that are older than
 * the row as it was read: what is derived follows the stream then until that has caught up.
 *
 * @param from of what was derived before; undefined where nothing ever was.
 * @param at when the row was read, in milliseconds since 1970.
 */
export function fillVersion(from: Version | undefined, at: number): Version {
  const before = from ?? NO_CHANGE;
  return { ...before, fill: Math.max(at, (before.fill ?? 0) + 1) };
}

/** The fence rule: a change takes effect only when nothing as new has. */
export function passesFence(fence: Version | undefined, version: Version): boolean {
  return fence === undefined || compareVersions(version, fence) > 0;
}

/** Whether what is stored for a row is still what was read, and decided on: a state is known by its version. */
export function sameState<State extends { readonly version: Version }>(
  stored: State | undefined,
  read: State | undefined,
): boolean {
  if (stored === undefined || read === undefined) return stored === read;
  return compareVersions(stored.version, read.version) === 0;
}
