import type { Change } from '../domain/change.ts';
import { groupBy, newest, type NonEmpty } from '../domain/coalesce.ts';
import type { DeriveRowsCommand } from '../domain/command.ts';
import { decideRowsMove, givingUpFirst, type RowsMove, type RowsState } from '../domain/derived-rows.ts';
import { Fault } from '../domain/fault.ts';
import type { DerivedRowRepository } from './ports/derived-row-repository.ts';
import { type Decision, readDecideWrite } from './read-decide-write.ts';
import type { Result } from './result.ts';
import { retryGroups } from './retry-groups.ts';
import type { Retrier } from './retry.ts';
import { NO_LIMIT, type TimeLimit } from './time-limit.ts';
import type { UseCaseResult } from './use-case-result.ts';
import { sameState } from '../domain/version.ts';

export const ZERO_ROWS = { derived: 0, removed: 0, repeated: 0, late: 0 };
export type RowsTally = keyof typeof ZERO_ROWS;

type Group = NonEmpty<DeriveRowsCommand>;

export interface RowsResult extends UseCaseResult<RowsTally> {
  /** Changes for which nothing was derived, because an earlier one of their row failed. None of them has failed. */
  readonly waiting: ReadonlySet<Change>;
}

/** Brings the rows that a batch's rows give into line with them: at most one move per row and derivation. */
export class DeriveRows {
  readonly #rows: DerivedRowRepository;
  readonly #retrier: Retrier;

  constructor(rows: DerivedRowRepository, retrier: Retrier) {
    this.#rows = rows;
    this.#retrier = retrier;
  }

  /**
   * The tally counts source rows: `derived` ones gave rows, `removed` ones gave none any more; of those where nothing is left to do,
   * `repeated` ones were handled for the same change, `late` ones for a newer one. Idempotent and indifferent to
   * delivery order: a move is fenced on the version that was last handled for its row. Only where rows are kept does each
   * change count, in the order given: one behind a newer one of its row is late.
   */
  async execute(commands: readonly DeriveRowsCommand[], limit: TimeLimit = NO_LIMIT): Promise<RowsResult> {
    const tally = { ...ZERO_ROWS };
    const move = readDecideWrite<Group, RowsState | undefined, RowsMove, RowsTally>(
      {
        load: (pending, signal) =>
          this.#rows.load(
            pending.map(([{ model, change }]) => ({ model, row: change.row })),
            signal,
          ),
        decide,
        write: (moves, signal) => applyGivingUpFirst(this.#rows, moves, signal),
      },
      tally,
    );
    const failed = new Map<Change, Fault>();
    const waiting = new Set<Change>();
    /** Of which rows a change has failed. */
    const stopped = new Set<string>();
    for (const round of roundsOf(commands)) {
      const groups = round.filter((group) => !stopped.has(nameOf(group[0])));
      for (const group of round)
        if (stopped.has(nameOf(group[0]))) for (const { change } of group) waiting.add(change);
      const results = await retryGroups(this.#retrier, groups, move, limit);
      for (const group of groups)
        for (const { change } of group) {
          const fault = results.failed.get(change);
          if (fault === undefined) continue;
          failed.set(change, fault);
          stopped.add(nameOf(group[0]));
        }
    }
    return { failed, waiting, tally };
  }
}

/** Applies moves such that a key that goes from one row to another is given up before it is taken. One result per move, in the order given. */
export async function applyGivingUpFirst(
  rows: DerivedRowRepository,
  moves: readonly RowsMove[],
  signal: AbortSignal,
): Promise<readonly Result[]> {
  const ordered = givingUpFirst(moves);
  const results = await rows.apply(ordered, signal);
  const byMove = new Map(ordered.map((move, index) => [move, results[index]]));
  return moves.map((move) => byMove.get(move) ?? NO_RESULT);
}

const NO_RESULT = new Fault('transient', 'the adapter gave no result for this row');

/** One after the other where each change counts, because what was derived stays; otherwise the newest change decides. */
function roundsOf(commands: readonly DeriveRowsCommand[]): Group[][] {
  const rounds: Group[][] = [];
  const add = (round: number, group: Group) => (rounds[round] ??= []).push(group);
  for (const group of groupBy(commands, nameOf).values())
    if (group[0].model.keep) for (const [round, command] of group.entries()) add(round, [command]);
    else add(0, group);
  return rounds;
}

function nameOf({ model, change }: DeriveRowsCommand): string {
  return `${model.name} ${change.item}`;
}

function decide(group: Group, state: RowsState | undefined): Decision<RowsTally, RowsMove> {
  const { change, model, put } = newest(group);
  const write = decideRowsMove({ model, row: change.row }, state, change, put);
  if (write !== undefined) return { tally: put.length > 0 ? 'derived' : 'removed', write };
  return { tally: sameState<Pick<RowsState, 'version'>>(state, change) ? 'repeated' : 'late', write };
}
