import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Result } from '../../../../application/result.ts';
import { Fault } from '../../../../domain/fault.ts';
import {
  type LinkMove,
  type LinkState,
  netDeltas,
  sameLinkState,
  type TupleDelta,
} from '../../../../domain/link-move.ts';
import { type Tuple, tupleKey } from '../../../../domain/tuple.ts';
import { Refusal } from '../../refusal.ts';
import { splitRefused } from '../../split-refused.ts';
import { translateError } from '../../translate-error.ts';
import { readAll } from '../batch-get.ts';
import { forAll, type Results, writeGroup } from '../write-group.ts';
import { writeTransaction } from '../write-transaction.ts';
import { countIn, foreignCount, saysNoNumber } from './foreign-count.ts';
import { loadLinkStates } from './link-states.ts';
import { bothOf, countsIn, type KeyedTables } from './matcher-tables.ts';
import { itemsOf } from './move-transaction.ts';
import { movesOf, obstaclesOf } from './obstacles.ts';
import { packMoves } from './pack-moves.ts';
import { tupleFault } from './tuple-faults.ts';
import type { TupleRow } from './tuple-row.ts';

/** One call of a matcher repository's `apply`. */
export class ApplyMoves {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: KeyedTables;
  readonly #signal: AbortSignal | undefined;
  /** Counts by their tuples, as read from the table and as own transactions have moved them since; 0 where there is no row. */
  readonly #counts = new Map<string, number>();
  /** Why nothing more is sent: the last request failed, and not for what it held. */
  #failure: Fault | undefined;

  constructor(client: DynamoDBDocumentClient, tables: KeyedTables, signal: AbortSignal | undefined) {
    this.#client = client;
    this.#tables = tables;
    this.#signal = signal;
  }

  async execute(moves: readonly LinkMove[]): Promise<readonly Result[]> {
    const results = new Map<LinkMove, Result>();
    const setResults = (some: Results<LinkMove>) => {
      for (const [move, result] of some) results.set(move, result);
    };
    for (const move of moves) {
      const { tuple } = move.to;
      const fault = tuple && tupleFault(tuple, this.#tables.keys.tupleRowKey(tuple));
      if (fault !== undefined) results.set(move, fault);
    }
    const pending = () => moves.filter((move) => !results.has(move));
    try {
      setResults(await this.#readCounts(pending(), takenFrom(pending())));
    } catch (error) {
      this.#signal?.throwIfAborted();
      this.#failure = translateError(error, countsIn(this.#tables));
    }
    // One after the other: transactions of one batch share tuples, and would only meet each other.
    setResults(
      await splitRefused(packMoves(pending()), 1, (group) =>
        writeGroup(group, (some) => this.#attempt(some), this.#signal),
      ),
    );
    return moves.map((move) => results.get(move) ?? new Fault('transient', 'the move got no result'));
  }

  /** Reads counts; the faults of moves whose count was not read, or is none. */
  async #readCounts(moves: readonly LinkMove[], tuples: readonly Tuple[]): Promise<Results<LinkMove>> {
    const keys = tuples.map(this.#tables.keys.tupleRowKey);
    const rows = await readAll<TupleRow>(this.#client, this.#tables.table, keys, this.#signal);
    const faults = new Map<LinkMove, Fault>();
    for (const [index, tuple] of tuples.entries()) {
      const row = rows[index];
      const count = Fault.is(row) ? row : row === undefined ? 0 : countIn(row, tuple, this.#tables);
      if (!Fault.is(count)) this.#counts.set(tupleKey(tuple), count);
      // What adds to a count need not know it.
      else
        for (const move of row === count ? takersOf(tuple, moves) : movesOf(tuple, moves))
          faults.set(move, count);
    }
    return faults;
  }

  async #attempt(moves: readonly LinkMove[]): Promise<Results<LinkMove>> {
    if (this.#failure !== undefined) return forAll(moves, this.#failure);
    const deltas = netDeltas(moves);
    try {
      const shortage = deltas.find(({ tuple, delta }) => delta < 0 && this.#countOf(tuple) + delta < 0);
      if (shortage !== undefined) return await this.#explain(shortage, moves);
      const items = itemsOf(this.#tables, moves, deltas, (tuple) => this.#countOf(tuple));
      const reasons = await writeTransaction(this.#client, items, this.#signal);
      if (reasons !== undefined) return obstaclesOf(moves, deltas, reasons, this.#tables);
      for (const { tuple, delta } of deltas) this.#counts.set(tupleKey(tuple), this.#countOf(tuple) + delta);
      return forAll(moves, 'done');
    } catch (error) {
      this.#signal?.throwIfAborted();
      const fault = translateError(error, bothOf(this.#tables));
      if (!(fault instanceof Refusal)) this.#failure = fault;
      const foreign = saysNoNumber(fault) ? await this.#foreignCounts(moves, deltas) : undefined;
      return foreign ?? forAll(moves, fault);
    }
  }

  #countOf(tuple: Tuple): number {
    return this.#counts.get(tupleKey(tuple)) ?? 0;
  }

  /** Finds counts that somebody else wrote, where a refusal does not say which they are. */
  async #foreignCounts(
    moves: readonly LinkMove[],
    deltas: readonly TupleDelta[],
  ): Promise<Results<LinkMove> | undefined> {
    const tuples = deltas.map(({ tuple }) => tuple);
    // A count that could not be read is in nobody's way.
    const found = await this.#readCounts(moves, tuples).catch(() => undefined);
    return found?.size ? found : undefined;
  }

  /**
   * A count is never below the number of link states that hold its tuple, so a shortage means that a state has
   * moved since it was read; if none has, somebody else has changed the count.
   */
  async #explain({ tuple }: TupleDelta, moves: readonly LinkMove[]): Promise<Results<LinkMove>> {
    const links = moves.map(({ link }) => link);
    const states = await loadLinkStates(this.#client, this.#tables, links, this.#signal);
    const unread = states.find((state) => Fault.is(state));
    if (unread !== undefined) return forAll(moves, unread);
    const moved = moves.some(
      ({ from }, index) => !sameLinkState(from, states[index] as LinkState | undefined),
    );
    if (moved) return forAll(moves, 'conflict');
    return forAll(movesOf(tuple, moves), foreignCount(tuple, 'would fall below zero', this.#tables));
  }
}

/** The tuples whose count some move takes from: a removal of the last one must know that it is. */
function takenFrom(moves: readonly LinkMove[]): readonly Tuple[] {
  const losing = new Map<string, Tuple>();
  for (const { from } of moves) if (from?.tuple !== undefined) losing.set(tupleKey(from.tuple), from.tuple);
  return [...losing.values()];
}

function takersOf(tuple: Tuple, moves: readonly LinkMove[]): readonly LinkMove[] {
  return moves.filter(({ from }) => from?.tuple !== undefined && tupleKey(from.tuple) === tupleKey(tuple));
}
