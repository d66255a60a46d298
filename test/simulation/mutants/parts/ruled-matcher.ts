import type { MatcherRepository } from '../../../../src/application/ports/matcher-repository.ts';
import { readDecideWrite } from '../../../../src/application/read-decide-write.ts';
import type { TimeLimit } from '../../../../src/application/time-limit.ts';
import { retryGroups } from '../../../../src/application/retry-groups.ts';
import type { Retrier } from '../../../../src/application/retry.ts';
import {
  type MatcherTally,
  UpdateMatcherTuple,
  ZERO_MATCHER,
} from '../../../../src/application/update-matcher-tuple.ts';
import { groupBy, type NonEmpty } from '../../../../src/domain/coalesce.ts';
import type { UpdateMatcherTupleCommand } from '../../../../src/domain/command.ts';
import type { LinkMove, LinkState } from '../../../../src/domain/link-move.ts';
import { linkKey } from '../../../../src/domain/row.ts';

type Group = NonEmpty<UpdateMatcherTupleCommand>;

/** The move for what a batch asks of a link; undefined when nothing is to be done. */
export type Decide = (group: Group, state: LinkState | undefined) => LinkMove | undefined;

/** The use case with another way to decide. */
export function ruledMatcher(
  matcher: MatcherRepository,
  retrier: Retrier,
  decide: Decide,
): UpdateMatcherTuple {
  const execute = async (commands: readonly UpdateMatcherTupleCommand[], limit: TimeLimit) => {
    const groups = [...groupBy(commands, ({ link }) => linkKey(link)).values()];
    const attempt = readDecideWrite<Group, LinkState | undefined, LinkMove, MatcherTally>(
      {
        load: (pending, signal) =>
          matcher.load(
            pending.map(([{ link }]) => link),
            signal,
          ),
        decide: (group, state) => ({ tally: 'moved', write: decide(group, state) }),
        write: (moves, signal) => matcher.apply(moves, signal),
      },
      { ...ZERO_MATCHER },
    );
    const { failed } = await retryGroups(retrier, groups, attempt, limit);
    return { failed, tally: ZERO_MATCHER };
  };
  return Object.assign(new UpdateMatcherTuple(matcher, retrier), { execute });
}

/** What is to be counted once the command's change is. */
export function stateAfter({ change, tuple }: UpdateMatcherTupleCommand): LinkState {
  return { version: change.version, tuple, removed: change.operation === 'REMOVE' };
}
