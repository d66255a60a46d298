import { groupBy, newest, type NonEmpty } from '../domain/coalesce.ts';
import type { UpdateMatcherTupleCommand } from '../domain/command.ts';
import { Fault } from '../domain/fault.ts';
import { decideLinkMove, type LinkMove, type LinkState, sameLinkState } from '../domain/link-move.ts';
import { linkKey } from '../domain/row.ts';
import { tupleKey } from '../domain/tuple.ts';
import type { MatcherRepository } from './ports/matcher-repository.ts';
import { type Attempted, type EffectSettler, outOfTime } from './retry.ts';
import { settleGroups } from './settle-groups.ts';
import { NO_LIMIT, type TimeLimit } from './time-limit.ts';
import { FailedCommands, type UseCaseResult } from './use-case-result.ts';

export type MatcherTally = 'incremented' | 'decremented' | 'moved' | 'unchanged' | 'repeated' | 'late';

type Group = NonEmpty<UpdateMatcherTupleCommand>;

/** Moves tuple counts by what a batch's link rows hold now: one move a link row at the most. */
export class UpdateMatcherTuple {
  readonly #matcher: MatcherRepository;
  readonly #settler: EffectSettler;

  constructor(matcher: MatcherRepository, settler: EffectSettler) {
    this.#matcher = matcher;
    this.#settler = settler;
  }

  /**
   * The tally counts link rows; of those where nothing is left to do, `repeated` ones are counted
   * for the very change that came, `late` ones for a newer one. Idempotent
   * and indifferent to delivery order: a move is fenced on the version that was last counted for its row.
   *
   * A change whose tuple can never be counted does not take earlier ones of its link with it: the newest of those
   * decides then.
   */
  async execute(
    commands: readonly UpdateMatcherTupleCommand[],
    limit: TimeLimit = NO_LIMIT,
  ): Promise<UseCaseResult<MatcherTally>> {
    const tally = { incremented: 0, decremented: 0, moved: 0, unchanged: 0, repeated: 0, late: 0 };
    const failed = new FailedCommands();
    const groups = [...groupBy(commands, ({ link }) => linkKey(link)).values()];
    const move = (pending: readonly Group[], signal: AbortSignal) => this.#move(pending, tally, signal);
    await settleGroups(this.#settler, groups, move, limit, failed);
    return { failed, tally };
  }

  async #move(
    groups: readonly Group[],
    tally: Record<MatcherTally, number>,
    signal: AbortSignal,
  ): Promise<readonly Attempted[]> {
    const states = await this.#matcher.load(
      groups.map(([first]) => first.link),
      signal,
    );
    const results = new Array<Attempted>(groups.length);
    const moves: { move: LinkMove; index: number }[] = [];
    for (const [index, group] of groups.entries()) {
      const state = states[index];
      if (Fault.is(state)) {
        results[index] = state;
        continue;
      }
      const move = moveOf(group, state);
      if (typeof move === 'string') {
        tally[move]++;
        results[index] = 'done';
      } else moves.push({ move, index });
    }
    if (moves.length === 0) return results;

    const applied = signal.aborted
      ? moves.map(() => outOfTime('the link was not counted'))
      : await this.#matcher.apply(
          moves.map(({ move }) => move),
          signal,
        );
    for (const [position, { move, index }] of moves.entries()) {
      const result = applied[position];
      if (result === 'done') tally[effectOf(move)]++;
      results[index] = result;
    }
    return results;
  }
}

/** The move that the newest of the changes asks for; what it is when the state is as new already. */
function moveOf(group: Group, state: LinkState | undefined): LinkMove | 'repeated' | 'late' {
  const { change, link, tuple } = newest(group);
  const removed = change.operation === 'REMOVE';
  const to = { version: change.version, tuple, removed };
  return decideLinkMove(link, state, to) ?? (sameLinkState(state, to) ? 'repeated' : 'late');
}

function effectOf({ from, to }: LinkMove): MatcherTally {
  if (from?.tuple === undefined) return to.tuple === undefined ? 'unchanged' : 'incremented';
  if (to.tuple === undefined) return 'decremented';
  return tupleKey(from.tuple) === tupleKey(to.tuple) ? 'unchanged' : 'moved';
}
