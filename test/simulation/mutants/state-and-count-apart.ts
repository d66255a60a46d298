import { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import {
  type CountedRow,
  type CountMove,
  type CountState,
  startsFrom,
} from '../../../src/domain/count-move.ts';
import { portsWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { stateKey } from '../../../src/simulation/world/state-key.ts';
import { AddedCounts } from './parts/added-counts.ts';

export const mutant: Mutant = {
  mistake: 'A link state is written first and the counts after it: a crash in between counts it never.',
  variant: () => {
    const countsOnly = new WeakSet<CountMove>();
    return {
      ports: (ports) =>
        portsWith(ports, {
          'matcher.apply': (apply) => async (moves, signal) => {
            const written = await apply(moves, signal);
            const rest = moves.filter((_, index) => written[index] === 'done').map((move) => ({ ...move }));
            for (const move of rest) countsOnly.add(move);
            if (rest.length === 0) return written;
            signal?.throwIfAborted();
            const counted = (await apply(rest, signal)).values();
            return written.map((result) => (result === 'done' ? counted.next().value! : result));
          },
        }),
      counts: () => new StatesApart((move) => countsOnly.has(move)),
    };
  },
};

class StatesApart extends MemoryMatcherRepository {
  readonly #states = new Map<string, CountState>();
  readonly #counts = new AddedCounts();
  readonly #isCount: (move: CountMove) => boolean;

  constructor(isCount: (move: CountMove) => boolean) {
    super();
    this.#isCount = isCount;
  }

  override load(rows: readonly CountedRow[]) {
    return Promise.resolve(rows.map((row) => this.#states.get(stateKey(row))));
  }

  override apply(moves: readonly CountMove[]) {
    return Promise.resolve(
      moves.map((move) => (this.#isCount(move) ? this.#count(move) : this.#write(move))),
    );
  }

  override *counts() {
    yield* this.#counts.all();
  }

  #write(move: CountMove): 'done' | 'conflict' {
    const key = stateKey(move.source);
    if (!startsFrom(move, this.#states.get(key))) return 'conflict';
    this.#states.set(key, move.to);
    return 'done';
  }

  #count(move: CountMove): 'done' {
    this.#counts.move(move);
    return 'done';
  }
}
