import { compareTexts } from './compare-texts.ts';
import { Decimal } from './decimal.ts';
import type { Change } from './change.ts';
import { type Contribution, contributionOf, type CountModel, heldBy, tupleKey } from './count.ts';
import { type ItemKey, itemKey, type Row } from './row.ts';
import { passesFence, sameState, type Version } from './version.ts';

/** A row as one derivation counts it. */
export interface CountedRow {
  readonly model: CountModel;
  readonly row: Row;
}

/**
 * What was last counted for a row. Kept after the row's removal, without contributions, so that a late record of the
 * removed row is known to be late.
 */
export interface CountState {
  readonly version: Version;
  /** What is counted for the row now. */
  readonly contributions: readonly Contribution[];
  readonly removed: boolean;
}

/**
 * What a state that was not read is taken to be: the row's old image says what was counted, for some change before this
 * one. Where nothing was, there may be no state.
 */
export interface AssumedState {
  readonly version: undefined;
  readonly contributions: readonly Contribution[];
}

/** One row going from what was counted to what must be: the unit that a repository applies atomically. */
export interface CountMove {
  readonly source: CountedRow;
  /** The state that the move was decided on; undefined when there was none. */
  readonly from: CountState | AssumedState | undefined;
  readonly to: CountState;
}

/** A count changing: by an amount, and by how many rows are counted in it. Never by nothing. */
export interface CountDelta {
  readonly tuple: Contribution['tuple'];
  readonly at: ItemKey;
  readonly amount: Decimal;
  readonly rows: number;
}

/**
 * Decides how a row's count moves. The move starts from what was counted; where that is assumed from the change's old image,
 * it must be written on condition that `startsFrom` says so. So a lost record heals with the next one, and a repeated or late
 * record changes nothing.
 *
 * @returns undefined when the state is already as new as `to`.
 */
export function decideCountMove(
  source: CountedRow,
  from: CountMove['from'],
  to: CountState,
): CountMove | undefined {
  return passesFence(from?.version, to.version) ? { source, from, to } : undefined;
}

/**
 * What is counted for a row before a change, unless a record was lost or comes late, or another definition counted.
 *
 * @returns undefined where the change does not tell.
 */
export function assumedState(
  model: CountModel,
  { operation, before, row }: Change,
): AssumedState | undefined {
  if (operation === 'INSERT') return NOTHING_COUNTED;
  if (typeof before === 'string') return undefined;
  try {
    const contributions = heldBy(model, row, before).map((held) => contributionOf(model, held));
    return { version: undefined, contributions };
  } catch {
    // It could not be counted as it was. What is counted instead, its state says.
    return undefined;
  }
}

const NOTHING_COUNTED: AssumedState = { version: undefined, contributions: [] };

export function isAssumed(from: CountMove['from']): from is AssumedState {
  return from !== undefined && from.version === undefined;
}

/** Whether a move may start from what is stored for its row: exactly where deciding on that would give the same move. */
export function startsFrom(
  { from, to }: { readonly from: CountMove['from']; readonly to: Pick<CountState, 'version'> },
  stored: CountState | undefined,
): boolean {
  if (!isAssumed(from)) return sameState(stored, from);
  return (
    passesFence(stored?.version, to.version) &&
    sameContributions(stored?.contributions ?? [], from.contributions)
  );
}

/** What the moves do to the counts together: one delta per count, without those that cancel out. */
export function netDeltas(moves: readonly Pick<CountMove, 'from' | 'to'>[]): CountDelta[] {
  const deltas = new Map<string, CountDelta>();
  const add = ({ tuple, at, amount }: Contribution, rows: 1 | -1) => {
    const key = itemKey(at);
    const entry = deltas.get(key);
    const signed = rows === 1 ? amount : amount.negated();
    deltas.set(key, {
      tuple,
      at,
      amount: entry === undefined ? signed : entry.amount.plus(signed),
      rows: (entry?.rows ?? 0) + rows,
    });
  };
  for (const { from, to } of moves) {
    for (const contribution of from?.contributions ?? []) add(contribution, -1);
    for (const contribution of to.contributions) add(contribution, 1);
  }
  return [...deltas.values()].filter(({ amount, rows }) => rows !== 0 || !amount.isZero());
}

/** Whether two states count the same: the same tuples, with the same amounts. */
export function sameContributions(a: readonly Contribution[], b: readonly Contribution[]): boolean {
  return a.length === b.length && textOf(a) === textOf(b);
}

function textOf(contributions: readonly Contribution[]): string {
  return contributions
    .map(({ tuple, at, amount }) => JSON.stringify([itemKey(at), tupleKey(tuple), amount.canonical]))
    .toSorted(compareTexts)
    .join();
}
