import {
  DerivedRowRepository,
  type StoredDerivedRow,
  type StrayRow,
} from '../../application/ports/derived-row-repository.ts';
import type { DerivedRowFound } from '../../application/ports/derived-state.ts';
import type { Result } from '../../application/result.ts';
import {
  type DerivedKey,
  nameOfKey,
  originText,
  type RowsMove,
  type RowsState,
  type SourceRow,
  takenFault,
} from '../../domain/derived-rows.ts';
import { rowsMoveFault } from '../../domain/rows-limits.ts';
import { sameState } from '../../domain/version.ts';
import { MemoryStates } from './memory-states.ts';

/** Derived rows, of all tables, and the states of their sources in memory. */
export class MemoryDerivedRowRepository extends DerivedRowRepository {
  readonly #states = new MemoryStates<RowsState>((version) => ({ version, keys: [], removed: true }));
  readonly #rows = new Map<string, DerivedRowFound>();

  override async load(
    rows: readonly SourceRow[],
    signal?: AbortSignal,
  ): Promise<readonly (RowsState | undefined)[]> {
    signal?.throwIfAborted();
    return rows.map((row) => this.#states.get(originText(row)));
  }

  override async apply(moves: readonly RowsMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    signal?.throwIfAborted();
    return moves.map((move) => this.#applyOne(move));
  }

  override async read(
    keys: readonly DerivedKey[],
    signal?: AbortSignal,
  ): Promise<readonly (StoredDerivedRow | undefined)[]> {
    signal?.throwIfAborted();
    return keys.map((key) => {
      const found = this.#rows.get(nameOfKey(key));
      return found && { attributes: found.row.attributes, source: found.source };
    });
  }

  override async discard(rows: readonly StrayRow[], signal?: AbortSignal): Promise<readonly Result[]> {
    signal?.throwIfAborted();
    return rows.map(({ key, source }) => {
      const name = nameOfKey(key);
      const found = this.#rows.get(name);
      if (found !== undefined && found.source !== source) return 'conflict';
      this.#rows.delete(name);
      return 'done';
    });
  }

  /** The rows for which something is noted, as `originText` has them. */
  states(): Iterable<string> {
    return this.#states.keys();
  }

  /** The rows that are there. */
  rows(): Iterable<DerivedRowFound> {
    return this.#rows.values();
  }

  #applyOne(move: RowsMove): Result {
    const { source, from, to, put, remove } = move;
    const fault = rowsMoveFault(move);
    if (fault !== undefined) return fault;
    const origin = originText(source);
    if (!sameState(this.#states.get(origin), from)) return 'conflict';
    for (const key of put) {
      const other = this.#rows.get(nameOfKey(key));
      if (other !== undefined && other.source !== origin) return takenFault(key, origin, other.source);
    }
    for (const row of put) this.#rows.set(nameOfKey(row), { model: source.model, row, source: origin });
    for (const key of remove) {
      const name = nameOfKey(key);
      if (this.#rows.get(name)?.source === origin) this.#rows.delete(name);
    }
    this.#states.set(origin, to);
    return 'done';
  }
}
