import { MemoryDerivedRowRepository } from '../../adapters/memory/memory-derived-row-repository.ts';
import { MemoryEffectLog } from '../../adapters/memory/memory-effect-log.ts';
import type { Result } from '../../application/result.ts';
import type { RowsMove, RowsState, SourceRow } from '../../domain/derived-rows.ts';
import type { EffectMove, EffectRow, EffectState } from '../../domain/effect.ts';
import { sameState, type Version } from '../../domain/version.ts';
import { stateKey } from '../world/state-key.ts';
import { LIFETIMES } from './lifetimes.ts';

interface State {
  readonly version: Version;
  readonly removed: boolean;
}

/** States of removed rows that go away with time, as DynamoDB's time-to-live takes them. */
class Forgotten {
  readonly #now: () => number;
  readonly #written = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  write(key: string): void {
    this.#written.set(key, this.#now());
  }

  has(key: string, state: State | undefined): boolean {
    if (state === undefined) return false;
    const lifetime = state.removed ? LIFETIMES.removed : LIFETIMES.live;
    return this.#now() - (this.#written.get(key) ?? 0) >= lifetime;
  }
}

/** Derived rows whose sources' states go away with time. */
export class ForgetfulRows extends MemoryDerivedRowRepository {
  readonly #forgotten: Forgotten;

  constructor(now: () => number) {
    super();
    this.#forgotten = new Forgotten(now);
  }

  override async load(rows: readonly SourceRow[]): Promise<readonly (RowsState | undefined)[]> {
    const states = await super.load(rows);
    return rows.map((row, index) =>
      this.#forgotten.has(stateKey(row), states[index]) ? undefined : states[index],
    );
  }

  override async apply(moves: readonly RowsMove[]): Promise<readonly Result[]> {
    const results: Result[] = [];
    for (const move of moves) {
      const [stored] = await super.load([move.source]);
      const key = stateKey(move.source);
      // The store still knows what DynamoDB would have forgotten: a move from nothing is one from that.
      const isForgotten = this.#forgotten.has(key, stored) && move.from === undefined;
      results.push(...(await super.apply([isForgotten ? { ...move, from: stored } : move])));
      if (results.at(-1) === 'done') this.#forgotten.write(key);
    }
    return results;
  }
}

/** A log of effects that forgets removed rows with time, and takes writes of any backend's kind. */
export class ForgetfulLog extends MemoryEffectLog {
  readonly #forgotten: Forgotten;

  constructor(now: () => number) {
    super();
    this.#forgotten = new Forgotten(now);
  }

  override async load(rows: readonly EffectRow[]): Promise<readonly (EffectState | undefined)[]> {
    const states = await super.load(rows);
    return rows.map((row, index) =>
      this.#forgotten.has(stateKey(row), states[index]) ? undefined : states[index],
    );
  }

  override async advance(moves: readonly EffectMove[]): Promise<readonly Result[]> {
    const results: Result[] = [];
    for (const move of moves) {
      const [stored] = await super.load([move.source]);
      const key = stateKey(move.source);
      const isForgotten = this.#forgotten.has(key, stored) && sameState(undefined, move.from);
      results.push(...(await super.advance([isForgotten ? { ...move, from: stored } : move])));
      if (results.at(-1) === 'done') this.#forgotten.write(key);
    }
    return results;
  }
}
