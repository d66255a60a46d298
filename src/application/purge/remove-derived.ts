import {
  decideRowsMove,
  originText,
  readOrigin,
  type RowsMove,
  type RowsModel,
  type RowsState,
} from '../../domain/derived-rows.ts';
import { rowAs } from '../../domain/drift/row-of.ts';
import type { CountCorrection } from '../../domain/count-correction.ts';
import { Fault } from '../../domain/fault.ts';
import type { GoneDerivation } from '../../domain/plan/gone-derivation.ts';
import type { Row } from '../../domain/row.ts';
import { fillVersion } from '../../domain/version.ts';
import type { Clock } from '../ports/clock.ts';
import type { ListedItem, ListedRow } from '../ports/derived-listing.ts';
import type { DerivedRowRepository } from '../ports/derived-row-repository.ts';
import type { EffectLog } from '../ports/effect-log.ts';
import type { ImageRepository } from '../ports/image-repository.ts';
import type { MatcherRepository } from '../ports/matcher-repository.ts';
import type { Result } from '../result.ts';
import type { Retrier } from '../retry.ts';
import { NO_LIMIT } from '../time-limit.ts';

export interface RemoveDerivedParts {
  readonly matcher: MatcherRepository;
  readonly derivedRows: DerivedRowRepository;
  readonly images: ImageRepository;
  readonly effects: EffectLog;
  readonly retrier: Retrier;
  readonly clock: Clock;
}

/** How much has gone. */
export interface Removed {
  readonly counts: number;
  readonly rows: number;
}

type Stateful = Extract<GoneDerivation, { readonly is: 'counts' | 'rows' | 'effect' }>;

/** Removes what a derivation has derived that nobody works for any more. What is gone already is no error. */
export class RemoveDerived {
  readonly #parts: RemoveDerivedParts;

  constructor(parts: RemoveDerivedParts) {
    this.#parts = parts;
  }

  /**
   * Takes back what is counted for rows, and removes the rows that were derived from them: each in one transaction with its state, of which a
   * tombstone stays.
   *
   * @throws Fault where that cannot be done, whatever is tried.
   */
  async states(gone: Stateful, rows: readonly Row[]): Promise<Removed> {
    switch (gone.is) {
      case 'counts':
        return this.#counts(gone, rows);
      case 'rows':
        return this.#derived(gone, rows);
      case 'effect':
        return this.#effects(gone, rows);
    }
  }

  async #counts({ model }: Extract<Stateful, { is: 'counts' }>, rows: readonly Row[]): Promise<Removed> {
    const { matcher, clock } = this.#parts;
    let counts = 0;
    await this.#run(rows, async (some, signal) => {
      const sources = some.map((row) => ({ model, row }));
      const states = await matcher.load(sources, signal);
      return this.#moved(
        states,
        (state, index) => ({
          source: sources[index] as (typeof sources)[number],
          from: state,
          to: { version: fillVersion(state.version, clock.now()), contributions: [], removed: true },
        }),
        async (moves) => {
          const results = await matcher.apply(moves, signal);
          for (const [index, { from }] of moves.entries())
            if (results[index] === 'done') counts += from.contributions.length;
          return results;
        },
      );
    });
    return { counts, rows: 0 };
  }

  async #derived({ model }: Extract<Stateful, { is: 'rows' }>, rows: readonly Row[]): Promise<Removed> {
    const { derivedRows, clock } = this.#parts;
    let removed = 0;
    await this.#run(rows, async (some, signal) => {
      const sources = some.map((row) => ({ model, row }));
      const states = await derivedRows.load(sources, signal);
      return this.#moved(
        states,
        (state, index) => {
          const change = { version: fillVersion(state.version, clock.now()), operation: 'REMOVE' as const };
          return decideRowsMove(sources[index] as (typeof sources)[number], state, change, []) as RowsMove;
        },
        async (moves) => {
          const results = await derivedRows.apply(moves, signal);
          for (const [index, { remove }] of moves.entries())
            if (results[index] === 'done') removed += remove.length;
          return results;
        },
      );
    });
    return { counts: 0, rows: removed };
  }

  async #effects({ model }: Extract<Stateful, { is: 'effect' }>, rows: readonly Row[]): Promise<Removed> {
    const { effects, clock } = this.#parts;
    await this.#run(rows, async (some, signal) => {
      const sources = some.map((row) => ({ model, row }));
      const states = await effects.load(sources, signal);
      return this.#moved(
        states,
        (state, index) => ({
          source: sources[index] as (typeof sources)[number],
          from: state,
          to: { version: fillVersion(state.version, clock.now()), removed: true },
        }),
        (moves) => effects.advance(moves, signal),
      );
    });
    return { counts: 0, rows: 0 };
  }

  /** Removes pointers, each on condition that it is as it was read. @returns how many. */
  async pointers(items: readonly ListedItem[]): Promise<number> {
    const { images } = this.#parts;
    const pointers = items.flatMap((item) => (item.is === 'pointer' ? [item.entity] : []));
    let removed = 0;
    await this.#run(pointers, async (some, signal) => {
      const views = await images.load(some, signal);
      return this.#moved(
        views.map((view) => (Fault.is(view) || view.current !== undefined ? view : undefined)),
        (view) => ({ view, member: undefined }),
        async (writes) => {
          const results = await images.save(writes, signal);
          removed += results.filter((result) => result === 'done').length;
          return results;
        },
      );
    });
    return removed;
  }

  /** Removes counts in which no row is noted any more, each on condition that it is as it was listed. @returns how many were not. */
  async counts(items: readonly ListedItem[]): Promise<number> {
    const corrections: CountCorrection[] = [];
    let left = 0;
    for (const item of items) {
      if (item.is !== 'count') continue;
      const { model, tuple, count, rows } = item;
      if (count === undefined || rows === undefined) left++;
      else corrections.push({ model, tuple, seen: { count, rows }, to: undefined });
    }
    const results = corrections.length === 0 ? [] : await this.#parts.matcher.correct(corrections);
    for (const result of results) {
      if (Fault.is(result)) throw result;
      if (result !== 'done') left++;
    }
    return left;
  }

  /** Removes derived rows that no state names any more. @returns how many. */
  async rows(gone: GoneDerivation, items: readonly ListedItem[]): Promise<number> {
    if (gone.is !== 'rows' || gone.model.keep) return 0;
    const { derivedRows } = this.#parts;
    const { model, table, row: kind } = gone;
    const listed = items.flatMap((item): readonly Unnoted[] => {
      if (item.is !== 'row') return [];
      const origin = readOrigin(item.source, table.keys);
      const row = origin && rowAs(table, kind, origin.row);
      return row === undefined || originText({ model, row }) !== item.source ? [] : [{ item, row }];
    });
    let removed = 0;
    await this.#run(listed, async (some, signal) => {
      // Two of one source would meet each other.
      const now = firstOfEach(some);
      const states = await derivedRows.load(
        now.map(({ row }) => ({ model, row })),
        signal,
      );
      const moves = now.map(({ item, row }, index) => this.#unnotedMove(model, item, row, states[index]));
      const faults = moves.filter((move): move is Fault => Fault.is(move));
      if (faults[0] !== undefined) throw faults[0];
      const results = await derivedRows.apply(moves as readonly RowsMove[], signal);
      removed += results.filter((result) => result === 'done').length;
      return some.map((one) => (now.includes(one) ? results[now.indexOf(one)] : 'conflict'));
    });
    return removed;
  }

  #unnotedMove(
    model: RowsModel,
    { row: { table, key } }: ListedRow,
    row: Row,
    state: RowsState | Fault | undefined,
  ): RowsMove | Fault {
    if (Fault.is(state)) return state;
    const version = fillVersion(state?.version, this.#parts.clock.now());
    return {
      source: { model, row },
      from: state,
      to: { version, keys: [], removed: true },
      ...{ put: [], remove: [...(state?.keys ?? []), { table, key }] },
    };
  }

  /** Moves what is there; what is gone already is done. */
  async #moved<State extends object, Move>(
    states: readonly (State | Fault | undefined)[],
    moveOf: (state: State, index: number) => Move,
    apply: (moves: readonly Move[]) => Promise<readonly (Result | undefined)[]>,
  ): Promise<readonly (Result | undefined)[]> {
    const results: (Result | undefined)[] = [];
    const moves: { readonly index: number; readonly move: Move }[] = [];
    for (const [index, state] of states.entries())
      if (Fault.is(state)) results[index] = state;
      else if (state === undefined || ('removed' in state && state.removed === true)) results[index] = 'done';
      else moves.push({ index, move: moveOf(state, index) });
    const applied = moves.length === 0 ? [] : await apply(moves.map(({ move }) => move));
    for (const [place, { index }] of moves.entries()) results[index] = applied[place];
    return results;
  }

  async #run<T>(
    items: readonly T[],
    attempt: (some: readonly T[], signal: AbortSignal) => Promise<readonly (Result | undefined)[]>,
  ): Promise<void> {
    if (items.length === 0) return;
    const faults = await this.#parts.retrier.run(items, attempt, NO_LIMIT);
    for (const fault of faults) if (fault !== undefined) throw fault;
  }
}

interface Unnoted {
  readonly item: ListedRow;
  readonly row: Row;
}

/** One of each source row. */
function firstOfEach(listed: readonly Unnoted[]): readonly Unnoted[] {
  return [...new Map(listed.toReversed().map((one) => [one.item.source, one])).values()];
}
