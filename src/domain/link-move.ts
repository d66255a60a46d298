import type { Link } from './row.ts';
import { type Tuple, tupleKey } from './tuple.ts';
import { compareVersions, passesFence, type Version } from './version.ts';

/**
 * What was last counted for a link row. Kept after the row's removal, without a tuple, so that a late record of
 * the removed row is known to be late.
 */
export interface LinkState {
  readonly version: Version;
  /** The tuple that is counted for the row; undefined when none is. */
  readonly tuple: Tuple | undefined;
  readonly removed: boolean;
}

/** One link row going from what was counted to what must be: the unit that a repository applies atomically. */
export interface LinkMove {
  readonly link: Link;
  /** The state that the move was decided on; undefined when there was none. */
  readonly from: LinkState | undefined;
  readonly to: LinkState;
}

/** Whether what is stored for a link row is still what a move was decided on: a state is known by its version. */
export function sameLinkState(stored: LinkState | undefined, read: LinkState | undefined): boolean {
  if (stored === undefined || read === undefined) return stored === read;
  return compareVersions(stored.version, read.version) === 0;
}

/** A tuple's count changing by `delta`, never 0. */
export interface TupleDelta {
  readonly tuple: Tuple;
  readonly delta: number;
}

/**
 * Decides how a link row's count moves. The move starts from what was counted, not from the change's old image,
 * so a lost record heals with the next one and a repeated or late record changes nothing.
 *
 * @returns undefined when the state is already as new as `to`.
 */
export function decideLinkMove(link: Link, from: LinkState | undefined, to: LinkState): LinkMove | undefined {
  return passesFence(from?.version, to.version) ? { link, from, to } : undefined;
}

/** What the moves do to the counts together: one delta per tuple, without those that cancel out. */
export function netDeltas(moves: readonly LinkMove[]): TupleDelta[] {
  const deltas = new Map<string, { tuple: Tuple; delta: number }>();
  const add = (tuple: Tuple | undefined, delta: number) => {
    if (tuple === undefined) return;
    const key = tupleKey(tuple);
    const entry = deltas.get(key);
    if (entry === undefined) deltas.set(key, { tuple, delta });
    else entry.delta += delta;
  };
  for (const { from, to } of moves) {
    add(from?.tuple, -1);
    add(to.tuple, 1);
  }
  return [...deltas.values()].filter(({ delta }) => delta !== 0);
}
