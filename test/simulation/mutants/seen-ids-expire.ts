import { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import { ProcessBatch } from '../../../src/application/process-batch.ts';
import { newest, type NonEmpty } from '../../../src/domain/coalesce.ts';
import type { UpdateMatcherTupleCommand } from '../../../src/domain/command.ts';
import type { CountedRow, CountMove } from '../../../src/domain/count-move.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { AddedCounts } from './parts/added-counts.ts';
import { contributionsBefore, ruledMatcher, sourceOf, stateAfter } from './parts/ruled-matcher.ts';

/** As long as idempotency libraries remember by default. */
const LIFETIME = 60 * 60 * 1000;

type Group = NonEmpty<UpdateMatcherTupleCommand>;

// Counts and ids change together, and every id is asked for where the counts are: right within the ids' lifetime.
export const mutant: Mutant = {
  mistake:
    'Ids of handled changes are kept for a while, instead of a state for each link row: a late redrive counts twice.',
  variant: () => {
    const groups = new WeakMap<CountMove, Group>();
    let clock: Clock | undefined;
    return {
      processBatch: (deps) => {
        clock = deps.clock;
        return new ProcessBatch(deps);
      },
      matcher: (matcher, retrier) =>
        ruledMatcher(matcher, retrier, (group) => {
          const move = { source: sourceOf(group), from: undefined, to: stateAfter(newest(group)) };
          groups.set(move, group);
          return move;
        }),
      counts: () =>
        new SeenIds(
          (move) => groups.get(move) ?? [],
          () => clock?.now() ?? 0,
        ),
    };
  },
};

class SeenIds extends MemoryMatcherRepository {
  readonly #counts = new AddedCounts();
  readonly #seen = new Map<string, number>();
  readonly #commandsOf: (move: CountMove) => readonly UpdateMatcherTupleCommand[];
  readonly #now: () => number;

  constructor(commandsOf: (move: CountMove) => readonly UpdateMatcherTupleCommand[], now: () => number) {
    super();
    this.#commandsOf = commandsOf;
    this.#now = now;
  }

  override load(rows: readonly CountedRow[]) {
    return Promise.resolve(rows.map(() => undefined));
  }

  override apply(moves: readonly CountMove[]) {
    return Promise.resolve(moves.map((move) => this.#count(move)));
  }

  override *counts() {
    yield* this.#counts.all();
  }

  #count(move: CountMove): 'done' {
    for (const command of this.#commandsOf(move)) {
      const { change } = command;
      const id = JSON.stringify([change.identity, change.item]);
      const now = this.#now();
      if (now < (this.#seen.get(id) ?? -Infinity) + LIFETIME) continue;
      this.#seen.set(id, now);
      const from = {
        version: change.version,
        contributions: contributionsBefore(command),
        removed: false,
      };
      this.#counts.move({ source: move.source, from, to: stateAfter(command) });
    }
    return 'done';
  }
}
