import { MemoryMatcherRepository } from '../../../../src/adapters/memory/memory-matcher-repository.ts';
import type { CountFound } from '../../../../src/application/ports/derived-state.ts';
import {
  type CountedRow,
  type CountMove,
  type CountState,
  netDeltas,
  startsFrom,
} from '../../../../src/domain/count-move.ts';
import { tupleKey } from '../../../../src/domain/count.ts';
import { stateKey } from '../../../../src/simulation/world/state-key.ts';

export interface CountRules {
  /** Which state is of a row and a derivation. */
  readonly keyOf?: (row: CountedRow) => string;
  /** What a move does to the counts. */
  readonly counted?: (move: CountMove) => Pick<CountMove, 'from' | 'to'>;
  /** What is counted of a move that does not start from the state that is there. */
  readonly refused?: (move: CountMove) => Pick<CountMove, 'from' | 'to'> | undefined;
}

/** Counts in memory by other rules: by the right ones, unless given. */
export class RuledCounts extends MemoryMatcherRepository {
  readonly #rules: Required<CountRules>;
  readonly #states = new Map<string, CountState>();
  readonly #counts = new Map<string, CountFound & { readonly rows: number }>();

  constructor({ keyOf = stateKey, counted = (move) => move, refused = () => undefined }: CountRules = {}) {
    super();
    this.#rules = { keyOf, counted, refused };
  }

  override load(rows: readonly CountedRow[]) {
    return Promise.resolve(rows.map((row) => this.#states.get(this.#rules.keyOf(row))));
  }

  override apply(moves: readonly CountMove[]) {
    return Promise.resolve(moves.map((move) => this.#write(move)));
  }

  override *counts() {
    for (const count of this.#counts.values()) if (count.rows > 0) yield count;
  }

  #write(move: CountMove): 'done' | 'conflict' {
    const { keyOf, counted, refused } = this.#rules;
    const key = keyOf(move.source);
    if (!startsFrom(move, this.#states.get(key))) {
      const all = refused(move);
      if (all !== undefined) this.#count(move, all);
      return 'conflict';
    }
    this.#states.set(key, move.to);
    this.#count(move, counted(move));
    return 'done';
  }

  #count({ source: { model } }: CountMove, moved: Pick<CountMove, 'from' | 'to'>): void {
    for (const { tuple, amount, rows } of netDeltas([moved])) {
      const key = `${model.name} ${tupleKey(tuple)}`;
      const before = this.#counts.get(key);
      const count = before?.count.plus(amount) ?? amount;
      this.#counts.set(key, { model, tuple, count, rows: (before?.rows ?? 0) + rows });
    }
  }
}
