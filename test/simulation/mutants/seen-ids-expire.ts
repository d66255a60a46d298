import { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import { ProcessBatch } from '../../../src/application/process-batch.ts';
import { newest, type NonEmpty } from '../../../src/domain/coalesce.ts';
import type { UpdateMatcherTupleCommand } from '../../../src/domain/command.ts';
import type { LinkMove } from '../../../src/domain/link-move.ts';
import type { Link } from '../../../src/domain/row.ts';
import { tupleOf } from '../../../src/domain/tuple.ts';
import type { Mutant } from '../runs/variant.ts';
import { AddedCounts } from './parts/added-counts.ts';
import { ruledMatcher, stateAfter } from './parts/ruled-matcher.ts';

/** As long as idempotency libraries remember by default. */
const LIFETIME = 60 * 60 * 1000;

type Group = NonEmpty<UpdateMatcherTupleCommand>;

// Counts and ids change together, and every id is asked for where the counts are: right within the ids' lifetime.
export const mutant: Mutant = {
  mistake:
    'Ids of handled changes are kept for a while, instead of a state for each link row: a late redrive counts twice.',
  variant: () => {
    const groups = new WeakMap<LinkMove, Group>();
    let clock: Clock | undefined;
    return {
      processBatch: (deps) => {
        clock = deps.clock;
        return new ProcessBatch(deps);
      },
      matcher: (matcher, retrier) =>
        ruledMatcher(matcher, retrier, (group) => {
          const move = { link: group[0].link, from: undefined, to: stateAfter(newest(group)) };
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
  readonly #commandsOf: (move: LinkMove) => readonly UpdateMatcherTupleCommand[];
  readonly #now: () => number;

  constructor(commandsOf: (move: LinkMove) => readonly UpdateMatcherTupleCommand[], now: () => number) {
    super();
    this.#commandsOf = commandsOf;
    this.#now = now;
  }

  override load(links: readonly Link[]) {
    return Promise.resolve(links.map(() => undefined));
  }

  override apply(moves: readonly LinkMove[]) {
    return Promise.resolve(moves.map((move) => this.#count(move)));
  }

  override *tupleCounts() {
    yield* this.#counts.all();
  }

  #count(move: LinkMove): 'done' {
    for (const command of this.#commandsOf(move)) {
      const { change, link } = command;
      const id = JSON.stringify([change.identity, change.item]);
      const now = this.#now();
      if (now < (this.#seen.get(id) ?? -Infinity) + LIFETIME) continue;
      this.#seen.set(id, now);
      const tuple = typeof change.before === 'string' ? undefined : tupleOf(change.before);
      const from = { version: change.version, tuple, removed: false };
      this.#counts.move({ link, from, to: stateAfter(command) });
    }
    return 'done';
  }
}
