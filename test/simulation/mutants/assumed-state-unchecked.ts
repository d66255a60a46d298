import { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import {
  type CountedRow,
  type CountMove,
  type CountState,
  isAssumed,
  startsFrom,
} from '../../../src/domain/count-move.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { stateKey } from '../../../src/simulation/world/state-key.ts';
import { AddedCounts } from './parts/added-counts.ts';

// What it saves is the reading. But a record that comes again or late, or after a lost one, says what was counted once, or never.
export const mutant: Mutant = {
  mistake: 'What an old image says was counted is taken for counted, without asking when it is written.',
  variant: () => ({ counts: () => new Unchecked() }),
};

class Unchecked extends MemoryMatcherRepository {
  readonly #states = new Map<string, CountState>();
  readonly #counts = new AddedCounts();

  override load(rows: readonly CountedRow[]) {
    return Promise.resolve(rows.map((row) => this.#states.get(stateKey(row))));
  }

  override apply(moves: readonly CountMove[]) {
    return Promise.resolve(moves.map((move) => this.#write(move)));
  }

  override *counts() {
    yield* this.#counts.all();
  }

  #write(move: CountMove): 'done' | 'conflict' {
    const key = stateKey(move.source);
    if (!isAssumed(move.from) && !startsFrom(move, this.#states.get(key))) return 'conflict';
    this.#states.set(key, move.to);
    this.#counts.move(move);
    return 'done';
  }
}
