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
import { type Contribution, contributionOf, heldBy } from '../../../../src/domain/count.ts';
import type { CountedRow, CountMove, CountState } from '../../../../src/domain/count-move.ts';
import { stateKey } from '../../../../src/simulation/world/state-key.ts';

type Group = NonEmpty<UpdateMatcherTupleCommand>;

/** The move for what a batch asks of a row; undefined when nothing is to be done. */
export type Decide = (group: Group, state: CountState | undefined) => CountMove | undefined;

/** The use case with another way to decide. */
export function ruledMatcher(
  matcher: MatcherRepository,
  retrier: Retrier,
  decide: Decide,
): UpdateMatcherTuple {
  const execute = async (commands: readonly UpdateMatcherTupleCommand[], limit: TimeLimit) => {
    const groups = [...groupBy(commands, (command) => stateKey(sourceOf([command]))).values()];
    const attempt = readDecideWrite<Group, CountState | undefined, CountMove, MatcherTally>(
      {
        load: (pending, signal) => matcher.load(pending.map(sourceOf), signal),
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
export function stateAfter({ change, model, held }: UpdateMatcherTupleCommand): CountState {
  const contributions = held.map((one) => contributionOf(model, one));
  return { version: change.version, contributions, removed: change.operation === 'REMOVE' };
}

/** What the command's old image says that is counted. */
export function contributionsBefore({ change, model }: UpdateMatcherTupleCommand): readonly Contribution[] {
  const { row, before } = change;
  return typeof before === 'string'
    ? []
    : heldBy(model, row, before).map((one) => contributionOf(model, one));
}

/** Whose count the commands are about. */
export function sourceOf([{ model, change }]: Group): CountedRow {
  return { model, row: change.row };
}
