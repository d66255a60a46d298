import { EffectLog } from '../../../application/ports/effect-log.ts';
import type { Result } from '../../../application/result.ts';
import type { EffectMove, EffectRow, EffectState } from '../../../domain/effect.ts';
import type { Database } from '../client/database.ts';
import type { Names } from '../schema/names.ts';
import { loadStates } from '../states/load-states.ts';
import { advance } from './advance.ts';

/**
 * Up to where effects have run, in PostgreSQL. Notes are made by one statement for all of them. What an effect hands in with `once` is a
 * function that is given a client (`OnceClient`): its note, and what it does with that, are one transaction.
 */
export class PostgresEffectLog extends EffectLog {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    super();
    this.#database = database;
    this.#names = names;
  }

  override async load(
    rows: readonly EffectRow[],
    signal?: AbortSignal,
  ): Promise<readonly (EffectState | undefined)[]> {
    const states = await loadStates(this.#database, this.#names, rows, signal);
    return states.map((state) => state && { version: state.version, removed: state.removed });
  }

  override async advance(moves: readonly EffectMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    return advance(this.#database, this.#names, moves, signal);
  }
}
