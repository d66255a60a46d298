import { packBatches } from '../../../application/pack-batches.ts';
import type { Result } from '../../../application/result.ts';
import { tupleKey } from '../../../domain/count.ts';
import { countMoveFault, sumFault } from '../../../domain/count-limits.ts';
import { type CountMove, isAssumed, netDeltas } from '../../../domain/count-move.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Database } from '../client/database.ts';
import { DatabaseFault, REFUSED } from '../client/database-fault.ts';
import { inParts } from '../in-parts.ts';
import type { Names } from '../schema/names.ts';
import { type StateMove, statesParameter } from '../states/state-move.ts';
import { countContent } from './count-content.ts';
import { countsParameters } from './counts-parameter.ts';
import { BELOW_NOTHING, moveCounts, type MovedCounts, removeEmpty } from './move-counts.ts';

/** Of one statement: moves, and contributions with them. Nearly every call fits. */
const MOST = { count: 10_000, weight: 20_000 };

/** One call of a matcher repository's `apply`. */
export class ApplyMoves {
  readonly #database: Database;
  readonly #names: Names;
  readonly #signal: AbortSignal | undefined;

  constructor(database: Database, names: Names, signal: AbortSignal | undefined) {
    this.#database = database;
    this.#names = names;
    this.#signal = signal;
  }

  async execute(moves: readonly CountMove[]): Promise<readonly Result[]> {
    this.#signal?.throwIfAborted();
    const results = new Map<CountMove, Result>();
    for (const move of moves) {
      const fault = countMoveFault(move);
      if (fault !== undefined) results.set(move, fault);
    }
    const possible = moves.filter((move) => !results.has(move));
    for (const batch of packBatches(possible, weightOf, MOST).batches) {
      const done = await inParts(batch, (some) => this.#attempt(some), this.#signal);
      for (const [index, move] of batch.entries()) results.set(move, explained(move, done[index]));
    }
    return moves.map((move) => results.get(move) ?? missing());
  }

  async #attempt(moves: readonly CountMove[]): Promise<readonly Result[]> {
    const { deltas, counts } = countsParameters(moves);
    const [done] = await this.#database.query<MovedCounts>(
      moveCounts(this.#names),
      [statesParameter(moves.map(stateMove)), deltas, counts],
      this.#signal,
    );
    if (done === undefined) throw missing();
    if (done.empty !== '[]') await this.#removeEmpty(done.empty);
    const moved = new Set(JSON.parse(done.moved) as number[]);
    return moves.map((_, n) => (moved.has(n) ? 'done' : 'conflict'));
  }

  /** The moves are made, whatever becomes of this: a count that stays says that no row is counted in it. */
  async #removeEmpty(ids: string): Promise<void> {
    try {
      await this.#database.query(removeEmpty(this.#names), [ids], this.#signal);
    } catch (error) {
      this.#signal?.throwIfAborted();
      if (!Fault.is(error)) throw error;
    }
  }
}

function weightOf({ from, to }: CountMove): number {
  return (from?.contributions.length ?? 0) + to.contributions.length;
}

function stateMove({ source, from, to }: CountMove): StateMove {
  const content = countContent(to.contributions);
  if (!isAssumed(from)) return { source, from: from?.version, to, content };
  const assumed = { content: countContent(from.contributions), isNothing: from.contributions.length === 0 };
  return { source, from: undefined, assumed, to, content };
}

/** What a move comes to that was refused alone. */
function explained(move: CountMove, result: Result | undefined): Result {
  if (result === undefined) return missing();
  if (!(result instanceof DatabaseFault) || result.sqlState !== REFUSED) return result;
  const deltas = netDeltas([move]);
  if (!result.message.includes(BELOW_NOTHING)) return sumFault(move.source, deltas, result.cause);
  const counts = deltas.map(({ tuple }) => tupleKey(tuple)).slice(0, 3);
  return new Fault(
    'configuration',
    `the derivation ${move.source.model.name} takes from the count of ${counts.join(' or ')} more than is in it: ` +
      'something other than Contrail wrote it; let only Contrail write counts, and set its rows to the number of states that hold the tuple, and its count to the sum of their amounts',
    { reason: 'counts are written by something other than Contrail', cause: result.cause },
  );
}

function missing(): Fault {
  return new Fault('transient', 'the move got no result');
}
