import { MemoryMatcherRepository } from '../../adapters/memory/memory-matcher-repository.ts';
import { MemorySearchIndex } from '../../adapters/memory/memory-search-index.ts';
import { type CountedRow, type CountMove, type CountState, startsFrom } from '../../domain/count-move.ts';
import type { SearchAction } from '../../domain/search-action.ts';
import { stateKey } from '../world/state-key.ts';
import { type Lifetimes, LIFETIMES } from './lifetimes.ts';
import type { Result } from '../../application/result.ts';

/** Counts whose rows' states go away with time. What a lost state had counted stays counted. */
export class ForgetfulMatcher extends MemoryMatcherRepository {
  readonly #now: () => number;
  readonly #lifetimes: Lifetimes;
  readonly #written = new Map<string, number>();

  constructor(now: () => number, lifetimes = LIFETIMES) {
    super();
    this.#now = now;
    this.#lifetimes = lifetimes;
  }

  override async load(rows: readonly CountedRow[]): Promise<readonly (CountState | undefined)[]> {
    const states = await super.load(rows);
    return rows.map((row, index) => (this.#isForgotten(row, states[index]) ? undefined : states[index]));
  }

  override async apply(moves: readonly CountMove[]): Promise<readonly Result[]> {
    const states = await super.load(moves.map(({ source }) => source));
    const results: Result[] = [];
    for (const [index, move] of moves.entries()) {
      const { source } = move;
      const state = states[index];
      if (!this.#isForgotten(source, state)) results.push(...(await super.apply([move])));
      else if (!startsFrom(move, undefined)) results.push('conflict');
      else results.push(...(await super.apply([{ ...move, from: { ...state, contributions: [] } }])));
      if (results[index] === 'done') this.#written.set(stateKey(source), this.#now());
    }
    return results;
  }

  #isForgotten(row: CountedRow, state: CountState | undefined): state is CountState {
    if (state === undefined) return false;
    const lifetime = state.removed ? this.#lifetimes.removed : this.#lifetimes.live;
    return this.#now() - (this.#written.get(stateKey(row)) ?? 0) >= lifetime;
  }
}

/** A search index whose tombstones go away with time. */
export class ForgetfulIndex extends MemorySearchIndex {
  readonly #now: () => number;
  readonly #lifetime: number;
  /** One index a document, so that it can be forgotten alone. */
  readonly #indexes = new Map<string, MemorySearchIndex>();
  readonly #deleted = new Map<string, number>();

  constructor(now: () => number, { removed }: Lifetimes = LIFETIMES) {
    super();
    this.#now = now;
    this.#lifetime = removed;
  }

  override apply(actions: readonly SearchAction[]): void {
    for (const action of actions) {
      const name = JSON.stringify(action.key);
      const isForgotten = this.#now() - (this.#deleted.get(name) ?? Infinity) >= this.#lifetime;
      const index = (isForgotten ? undefined : this.#indexes.get(name)) ?? new MemorySearchIndex();
      this.#indexes.set(name, index);
      index.apply([action]);
      if (!index.documents().next().done) this.#deleted.delete(name);
      else if (isForgotten || !this.#deleted.has(name)) this.#deleted.set(name, this.#now());
    }
  }

  override *documents() {
    for (const index of this.#indexes.values()) yield* index.documents();
  }
}
