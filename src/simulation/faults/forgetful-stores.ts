import { MemoryMatcherRepository } from '../../adapters/memory/memory-matcher-repository.ts';
import { MemorySearchFences } from '../../adapters/memory/memory-search-fences.ts';
import { type CountedRow, type CountMove, type CountState, startsFrom } from '../../domain/count-move.ts';
import type { DocumentKey } from '../../domain/search-document.ts';
import type { SearchFence, SearchFenceMove } from '../../domain/search-fence.ts';
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

/** Fences whose tombstones go away with time. */
export class ForgetfulFences extends MemorySearchFences {
  readonly #now: () => number;
  readonly #lifetime: number;
  readonly #removed = new Map<string, number>();

  constructor(now: () => number, { removed }: Lifetimes = LIFETIMES) {
    super();
    this.#now = now;
    this.#lifetime = removed;
  }

  override async load(keys: readonly DocumentKey[]): Promise<readonly (SearchFence | undefined)[]> {
    const fences = await super.load(keys);
    return keys.map((key, index) => (this.#isForgotten(key) ? undefined : fences[index]));
  }

  override async advance(moves: readonly SearchFenceMove[]): Promise<readonly Result[]> {
    const results: Result[] = [];
    for (const move of moves) {
      const [stored] = await super.load([move.key]);
      // What is forgotten is not there to be moved from.
      const isFresh = this.#isForgotten(move.key) && move.from === undefined;
      const [result = 'conflict'] = await super.advance([isFresh ? { ...move, from: stored } : move]);
      results.push(result);
      const name = JSON.stringify(move.key);
      if (result !== 'done') continue;
      if (move.to.removed) this.#removed.set(name, this.#now());
      else this.#removed.delete(name);
    }
    return results;
  }

  #isForgotten(key: DocumentKey): boolean {
    return this.#now() - (this.#removed.get(JSON.stringify(key)) ?? Infinity) >= this.#lifetime;
  }
}
