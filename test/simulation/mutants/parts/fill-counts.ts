import type { MatcherRepository } from '../../../../src/application/ports/matcher-repository.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import type { CountMove, CountState } from '../../../../src/domain/count-move.ts';
import type { CommandPorts } from '../../../../src/simulation/commands/command-ports.ts';

interface Wrong {
  /** Whether a state that is there is seen. */
  readonly isSeen?: (state: CountState) => boolean;
  /** What a move is taken to start from. */
  readonly startsFrom: (from: CountMove['from'], stored: CountState | undefined) => CountMove['from'];
}

/** The ports of a command that takes states of counts for others than they are. */
export function withFilledCounts(
  ports: CommandPorts,
  { isSeen = () => true, startsFrom }: Wrong,
): CommandPorts {
  const inner = ports.worker.matcher;
  const load: MatcherRepository['load'] = async (rows, signal) =>
    (await inner.load(rows, signal)).map((state) =>
      state === undefined || Fault.is(state) || isSeen(state) ? state : undefined,
    );
  const matcher: MatcherRepository = {
    load,
    look: load,
    apply: async (moves, signal) => {
      const stored = await inner.load(
        moves.map(({ source }) => source),
        signal,
      );
      return inner.apply(
        moves.map((move, index) => {
          const state = stored[index];
          return Fault.is(state) ? move : { ...move, from: startsFrom(move.from, state) };
        }),
        signal,
      );
    },
    correct: inner.correct.bind(inner),
  };
  return { ...ports, worker: { ...ports.worker, matcher } };
}

/** A state of the same version in which nothing is counted. */
export function uncounted({ version }: CountState): CountState {
  return { version, contributions: [], removed: false };
}
