import type { UpdateMatcherTupleCommand } from '../../domain/command.ts';
import { contributionOf } from '../../domain/count.ts';
import { type CountMove, type CountState, sameContributions } from '../../domain/count-move.ts';
import type { MatcherRepository } from '../ports/matcher-repository.ts';
import { type Asked, type Fenced, isBefore } from './fenced.ts';

type Command = UpdateMatcherTupleCommand;

/** What rows are counted under, and by how much. */
export function fencedCounts(matcher: MatcherRepository): Fenced<Command, CountState, CountMove> {
  return {
    does: 'count',
    load: (commands, signal) =>
      matcher.load(
        commands.map(({ model, change }) => ({ model, row: change.row })),
        signal,
      ),
    areInLine: (asked) => Promise.resolve(asked.map(isInLine)),
    writeOf: ({ command, state }, version) => ({
      source: { model: command.model, row: command.change.row },
      from: state,
      to: { version, contributions: contributionsOf(command), removed: isGone(command) },
    }),
    write: (moves, signal) => matcher.apply(moves, signal),
  };
}

/** Behind a change that was given up, a state must say so: what is older may be delivered again, and must not come last. */
function isInLine({ command, state, unnoted: { since } }: Asked<Command, CountState>): boolean {
  if (state === undefined) return command.held.length === 0 && since === undefined;
  return (
    !isBefore(state.version, since) &&
    state.removed === isGone(command) &&
    sameContributions(state.contributions, contributionsOf(command))
  );
}

function contributionsOf({ model, held }: Command) {
  return held.map((one) => contributionOf(model, one));
}

function isGone({ change }: Command): boolean {
  return change.operation === 'REMOVE';
}
