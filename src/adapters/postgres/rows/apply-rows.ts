import type { Result } from '../../../application/result.ts';
import { packBatches } from '../../../application/pack-batches.ts';
import {
  type DerivedKey,
  type DerivedRow,
  nameOfKey,
  originText,
  type RowsMove,
  takenFault,
} from '../../../domain/derived-rows.ts';
import { Fault } from '../../../domain/fault.ts';
import { rowsMoveBytes, rowsMoveFault } from '../../../domain/rows-limits.ts';
import type { Database } from '../client/database.ts';
import { sqlStateOf, REFUSED } from '../client/database-fault.ts';
import { inParts } from '../in-parts.ts';
import { roundsOf } from '../rounds.ts';
import type { Names } from '../schema/names.ts';
import { statesParameter } from '../states/state-move.ts';
import { hashedKey } from '../values/hashed-key.ts';
import { jsonbOfRecord } from '../values/jsonb.ts';
import { readText, storedText } from '../values/text.ts';
import { type MovedRows, moveRows, type Taken } from './move-rows.ts';
import { rowsContent } from './rows-content.ts';

/** Of one statement: more would be slow to send, and slower to take back. Any move fits. */
const MOST = { count: 10_000, weight: 16 * 1_024 * 1_024 };

/** One call of a derived row repository's `apply`. */
export class ApplyRows {
  readonly #database: Database;
  readonly #names: Names;
  readonly #signal: AbortSignal | undefined;

  constructor(database: Database, names: Names, signal: AbortSignal | undefined) {
    this.#database = database;
    this.#names = names;
    this.#signal = signal;
  }

  async execute(moves: readonly RowsMove[]): Promise<readonly Result[]> {
    this.#signal?.throwIfAborted();
    const results = new Map<RowsMove, Result>();
    for (const move of moves) {
      const fault = rowsMoveFault(move);
      if (fault !== undefined) results.set(move, fault);
    }
    const possible = moves.filter((move) => !results.has(move));
    // A statement changes a row once: of moves that have a key in common, each has a statement of its own.
    for (const round of roundsOf(possible, keysOf))
      for (const batch of packBatches(round, rowsMoveBytes, MOST).batches) {
        const done = await inParts(batch, (some) => this.#attempt(some), this.#signal);
        for (const [index, move] of batch.entries()) results.set(move, unlessRefused(done[index]));
      }
    return moves.map((move) => results.get(move) ?? missing());
  }

  async #attempt(moves: readonly RowsMove[]): Promise<readonly Result[]> {
    const states = moves.map(({ source, from, to }) => ({
      ...{ source, from: from?.version, to, content: rowsContent(to) },
    }));
    const [done] = await this.#database.query<MovedRows>(
      moveRows(this.#names),
      [statesParameter(states), putsOf(moves), removalsOf(moves)],
      this.#signal,
    );
    if (done === undefined) throw missing();
    const moved = new Set(JSON.parse(done.moved) as number[]);
    const taken = new Map((JSON.parse(done.taken) as Taken[]).map((row) => [row.n, row]));
    return moves.map((move, n) => {
      if (moved.has(n)) return 'done';
      const row = taken.get(n);
      return row?.as_read === true ? takenBy(move, row) : 'conflict';
    });
  }
}

/** The names of all keys that a move writes. */
function keysOf({ put, remove }: RowsMove): readonly string[] {
  return [...put, ...remove].map(nameOfKey);
}

function putsOf(moves: readonly RowsMove[]): string {
  const rows = moves.flatMap((move, n) => move.put.map((row, i) => putJson(move, row, n, i)));
  return `[${rows.join()}]`;
}

function putJson({ source }: RowsMove, row: DerivedRow, n: number, i: number): string {
  const { table, key, attributes } = row;
  const json = JSON.stringify({
    ...{ n, i, id: rowId(row), table_name: table === undefined ? null : storedText(table) },
    derivation: source.model.name,
    derived_from: storedText(originText(source)),
  });
  return `${json.slice(0, -1)},"key":${jsonbOfRecord(key)},"attributes":${jsonbOfRecord(attributes)}}`;
}

function removalsOf(moves: readonly RowsMove[]): string {
  return JSON.stringify(
    moves.flatMap(({ source, remove }, n) =>
      remove.map((key) => ({ n, id: rowId(key), derived_from: storedText(originText(source)) })),
    ),
  );
}

/** What a derived row is known by. */
export function rowId(key: DerivedKey): string {
  return hashedKey(nameOfKey(key));
}

function takenBy({ source, put }: RowsMove, { i, derived_from: other }: Taken): Fault {
  const row = put[i];
  if (row === undefined) return missing();
  return takenFault(row, originText(source), other === null ? undefined : readText(other));
}

/** Refused alone, or in somebody's way: whoever put a row at the same moment is not seen until it is tried again. */
function unlessRefused(result: Result | undefined): Result {
  if (result === undefined) return missing();
  return result === 'busy' || sqlStateOf(result) === REFUSED ? 'conflict' : result;
}

function missing(): Fault {
  return new Fault('transient', 'the move got no result');
}
