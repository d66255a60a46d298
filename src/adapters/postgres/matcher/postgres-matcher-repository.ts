import { MatcherRepository } from '../../../application/ports/matcher-repository.ts';
import type { Result } from '../../../application/result.ts';
import type { CountCorrection } from '../../../domain/count-correction.ts';
import type { CountedRow, CountMove, CountState } from '../../../domain/count-move.ts';
import type { Database } from '../client/database.ts';
import type { Names } from '../schema/names.ts';
import { loadStates } from '../states/load-states.ts';
import { ApplyMoves } from './apply-moves.ts';
import { correctCounts } from './correct-counts.ts';
import { contributionsIn } from './count-content.ts';

/**
 * Counts, and what was counted for each row, in PostgreSQL. One statement moves all rows of a call: each row's state on condition that it is as
 * it was read or assumed, and every count once for all of them together.
 */
export class PostgresMatcherRepository extends MatcherRepository {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    super();
    this.#database = database;
    this.#names = names;
  }

  override async load(
    rows: readonly CountedRow[],
    signal?: AbortSignal,
  ): Promise<readonly (CountState | undefined)[]> {
    const states = await loadStates(this.#database, this.#names, rows, signal);
    return states.map((state, index) => {
      const model = rows[index]?.model;
      if (state === undefined || model === undefined) return undefined;
      const { version, removed, content } = state;
      return { version, contributions: contributionsIn(model, content), removed };
    });
  }

  override apply(moves: readonly CountMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    return new ApplyMoves(this.#database, this.#names, signal).execute(moves);
  }

  override async correct(
    corrections: readonly CountCorrection[],
    signal?: AbortSignal,
  ): Promise<readonly Result[]> {
    signal?.throwIfAborted();
    return correctCounts(this.#database, this.#names, corrections, signal);
  }
}
