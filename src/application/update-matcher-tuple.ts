import { groupBy, newest, type NonEmpty } from '../domain/coalesce.ts';
import type { UpdateMatcherTupleCommand } from '../domain/command.ts';
import { contributionOf } from '../domain/count.ts';
import {
  type AssumedState,
  assumedState,
  type CountMove,
  type CountState,
  decideCountMove,
  isAssumed,
  sameContributions,
  startsFrom,
} from '../domain/count-move.ts';
import { Fault } from '../domain/fault.ts';
import type { MatcherRepository } from './ports/matcher-repository.ts';
import { type Decision, readDecideWrite } from './read-decide-write.ts';
import { retryGroups } from './retry-groups.ts';
import type { Retrier } from './retry.ts';
import { NO_LIMIT, type TimeLimit } from './time-limit.ts';
import type { UseCaseResult } from './use-case-result.ts';
import { sameState } from '../domain/version.ts';

export const ZERO_MATCHER = { incremented: 0, decremented: 0, moved: 0, unchanged: 0, repeated: 0, late: 0 };
export type MatcherTally = keyof typeof ZERO_MATCHER;

type Group = NonEmpty<UpdateMatcherTupleCommand>;

const MOST_TO_READ = 64;

/** Moves counts by what a batch's rows hold now: at most one move per row and derivation. */
export class UpdateMatcherTuple {
  readonly #matcher: MatcherRepository;
  readonly #retrier: Retrier;
  /**
   * For so many batches more whose states are as the changes say, they are read and not assumed: each time that they were not as
   * assumed, for twice as many.
   */
  #toRead = 0;
  #wasToRead = 0;

  constructor(matcher: MatcherRepository, retrier: Retrier) {
    this.#matcher = matcher;
    this.#retrier = retrier;
  }

  /**
   * The tally counts rows; of those where nothing is left to do, `repeated` ones were counted for the same change,
   * `late` ones for a newer one. Idempotent and indifferent to delivery order: a move is fenced on the version that was
   * last counted for its row.
   *
   * A change whose tuple can never be counted does not take earlier ones of its row with it: the newest of those
   * decides then.
   */
  async execute(
    commands: readonly UpdateMatcherTupleCommand[],
    limit: TimeLimit = NO_LIMIT,
  ): Promise<UseCaseResult<MatcherTally>> {
    const tally = { ...ZERO_MATCHER };
    const groups = [...groupBy(commands, ({ model, change }) => `${model.name} ${change.item}`).values()];
    const isAssuming = this.#toRead === 0;
    /** Whether some state was not as the changes say, as far as that was seen. */
    let wasWrong = false;
    const move = readDecideWrite<Group, CountMove['from'], CountMove, MatcherTally>(
      {
        assume: (group) => {
          const state = isAssuming ? assumptionOf(group) : undefined;
          return state && { state };
        },
        load: async (pending, signal) => {
          const rows = pending.map(([{ model, change }]) => ({ model, row: change.row }));
          const states = await this.#matcher.load(rows, signal);
          if (!isAssuming)
            wasWrong ||= pending.some((group, index) => {
              const state = states[index];
              return !Fault.is(state) && isSurprising(group, state);
            });
          return states;
        },
        decide,
        write: async (moves, signal) => {
          const results = await this.#matcher.apply(moves, signal);
          wasWrong ||= moves.some(({ from }, index) => isAssumed(from) && results[index] === 'conflict');
          return results;
        },
      },
      tally,
    );
    const { failed } = await retryGroups(this.#retrier, groups, move, limit);
    if (groups.length > 0) this.#learn(isAssuming, wasWrong);
    return { failed, tally };
  }

  /**
   * Where records come again, or a definition has changed, or an earlier version wrote the states, assumptions are wrong
   * again and again: then a read costs less than a write that is refused.
   */
  #learn(wasAssuming: boolean, wasWrong: boolean): void {
    if (wasAssuming)
      this.#toRead = this.#wasToRead = wasWrong ? Math.min(MOST_TO_READ, 2 * this.#wasToRead || 1) : 0;
    // Batches may be handled at the same time.
    else if (!wasWrong) this.#toRead = Math.max(0, this.#toRead - 1);
  }
}

/** What is counted for a row before the first of its changes. */
function assumptionOf(group: Group): AssumedState | undefined {
  const [{ model, change }] = group;
  return assumedState(model, change);
}

/** Whether what is counted for a row is not what its changes say was. */
function isSurprising(group: Group, state: CountState | undefined): boolean {
  const from = assumptionOf(group);
  return from !== undefined && !startsFrom({ from, to: newest(group).change }, state);
}

/** The move that the newest of the changes asks for; none when the state is as new already. */
function decide(group: Group, state: CountMove['from']): Decision<MatcherTally, CountMove> {
  const { change, model, held } = newest(group);
  const contributions = held.map((one) => contributionOf(model, one));
  const to = { version: change.version, contributions, removed: change.operation === 'REMOVE' };
  const write = decideCountMove({ model, row: change.row }, state, to);
  if (write !== undefined) return { tally: effectOf(write), write };
  return { tally: !isAssumed(state) && sameState(state, to) ? 'repeated' : 'late', write };
}

function effectOf({ from, to }: CountMove): MatcherTally {
  if (from === undefined || from.contributions.length === 0)
    return to.contributions.length === 0 ? 'unchanged' : 'incremented';
  if (to.contributions.length === 0) return 'decremented';
  return sameContributions(from.contributions, to.contributions) ? 'unchanged' : 'moved';
}
