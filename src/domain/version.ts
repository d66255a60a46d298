import { compareTexts } from './compare-texts.ts';

/**
 * Where a change stands among the changes of its item: the table's generation, then the stream's label, then the
 * sequence number. A table's stream that is switched off and on again is a new stream with a later label. The labels
 * of two tables do not order them, nor do those of one table in two regions: generations do.
 */
export interface Version {
  /** How many tables were followed before this one: 0 for the first. */
  readonly generation: number;
  /** The stream's label, an ISO 8601 time; empty for an unnamed stream. */
  readonly epoch: string;
  /** Decimal digits, of any length; leading zeros mean nothing. */
  readonly sequence: string;
}

/** Negative when `a` is older, positive when it is newer, 0 when both are the same change of the item. */
export function compareVersions(a: Version, b: Version): number {
  return (
    a.generation - b.generation || compareTexts(a.epoch, b.epoch) || compareSequences(a.sequence, b.sequence)
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
