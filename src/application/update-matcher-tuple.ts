import { groupBy, newest, type NonEmpty } from '../domain/coalesce.ts';
import type { UpdateMatcherTupleCommand } from '../domain/command.ts';
import { decideLinkMove, type LinkMove, type LinkState, sameLinkState } from '../domain/link-move.ts';
import { linkKey } from '../domain/row.ts';
import { tupleKey } from '../domain/tuple.ts';
import type { MatcherRepository } from './ports/matcher-repository.ts';
import { type Decision, readDecideWrite } from './read-decide-write.ts';
import { retryGroups } from './retry-groups.ts';
import type { Retrier } from './retry.ts';
import { NO_LIMIT, type TimeLimit } from './time-limit.ts';
import type { UseCaseResult } from './use-case-result.ts';

export const ZERO_MATCHER = { incremented: 0, decremented: 0, moved: 0, unchanged: 0, repeated: 0, late: 0 };
export type MatcherTally = keyof typeof ZERO_MATCHER;

type Group = NonEmpty<UpdateMatcherTupleCommand>;

/** Moves tuple counts by what a batch's link rows hold now: at most one move per link row. */
export class UpdateMatcherTuple {
  readonly #matcher: MatcherRepository;
  readonly #retrier: Retrier;

  constructor(matcher: MatcherRepository, retrier: Retrier) {
    this.#matcher = matcher;
    this.#retrier = retrier;
  }

  /**
   * The tally counts link rows; of those where nothing is left to do, `repeated` ones were counted for the same change,
   * `late` ones for a newer one. Idempotent and indifferent to delivery order: a move is fenced on the version that was
   * last counted for its row.
   *
   * A change whose tuple can never be counted does not take earlier ones of its link with it: the newest of those
   * decides then.
   */
  async execute(
    commands: readonly UpdateMatcherTupleCommand[],
    limit: TimeLimit = NO_LIMIT,
  ): Promise<UseCaseResult<MatcherTally>> {
    const tally = { ...ZERO_MATCHER };
    const groups = [...groupBy(commands, ({ link }) => linkKey(link)).values()];
    const move = readDecideWrite<Group, LinkState | undefined, LinkMove, MatcherTally>(
      {
        load: (pending, signal) =>
          this.#matcher.load(
            pending.map(([{ link }]) => link),
            signal,
          ),
        decide,
        write: (moves, signal) => this.#matcher.apply(moves, signal),
      },
      tally,
    );
    const { failed } = await retryGroups(this.#retrier, groups, move, limit);
    return { failed, tally };
  }
}

/** The move that the newest of the changes asks for; none when the state is as new already. */
function decide(group: Group, state: LinkState | undefined): Decision<MatcherTally, LinkMove> {
  const { change, link, tuple } = newest(group);
  const to = { version: change.version, tuple, removed: change.operation === 'REMOVE' };
  const write = decideLinkMove(link, state, to);
  if (write !== undefined) return { tally: effectOf(write), write };
  return { tally: sameLinkState(state, to) ? 'repeated' : 'late', write };
}

function effectOf({ from, to }: LinkMove): MatcherTally {
  if (from?.tuple === undefined) return to.tuple === undefined ? 'unchanged' : 'incremented';
  if (to.tuple === undefined) return 'decremented';
  return tupleKey(from.tuple) === tupleKey(to.tuple) ? 'unchanged' : 'moved';
}
