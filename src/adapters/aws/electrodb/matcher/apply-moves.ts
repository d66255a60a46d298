import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import type { Result } from '../../../../application/result.ts';
import { countMoveFault, sumFault } from '../../../../domain/count-limits.ts';
import { type CountMove, type CountState, isAssumed, startsFrom } from '../../../../domain/count-move.ts';
import { Fault } from '../../../../domain/fault.ts';
import { Refusal } from '../../refusal.ts';
import { splitRefused } from '../../split-refused.ts';
import { translateError } from '../../translate-error.ts';
import { roundsOf } from '../rounds.ts';
import { forAll, type Results, writeGroup } from '../write-group.ts';
import { writeTransaction } from '../write-transaction.ts';
import { CommitMoves, type CommitParts } from './commit-moves.ts';
import { loadCountStates } from './count-states.ts';
import { foreignCount, saysNoNumber } from './foreign-count.ts';
import { hotMoves } from './hot-moves.ts';
import { KnownCounts } from './known-counts.ts';
import { saysTooFar } from './sum-too-far.ts';
import { bothOf, countsIn, type KeyedTables } from './matcher-tables.ts';
import { deltaKey, deltasOf, isTaken, type ModelDelta } from './model-delta.ts';
import { itemsOf } from './move-transaction.ts';
import { type MovesOf, obstaclesOf } from './obstacles.ts';
import { packMoves } from './pack-moves.ts';

/** Transactions under way at a time: each is as much work for the table as dozens of writes. */
const MAX_TRANSACTIONS = 16;

const NOTHING: ReadonlyMap<string, ModelDelta> = new Map();

/** One call of a matcher repository's `apply`. */
export class ApplyMoves {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: KeyedTables;
  readonly #signal: AbortSignal | undefined;
  /** What each move does to counts by itself, by their keys. */
  readonly #own = new Map<CountMove, ReadonlyMap<string, ModelDelta>>();
  readonly #known: KnownCounts;
  /** Why nothing more is sent: the last request failed, and not for what it held. */
  #failure: Fault | undefined;

  constructor(client: DynamoDBDocumentClient, tables: KeyedTables, signal: AbortSignal | undefined) {
    this.#client = client;
    this.#tables = tables;
    this.#signal = signal;
    this.#known = new KnownCounts(client, tables, signal);
  }

  async execute(moves: readonly CountMove[]): Promise<readonly Result[]> {
    const results = new Map<CountMove, Result>();
    const setResults = (some: Results<CountMove>) => {
      for (const [move, result] of some) results.set(move, result);
    };
    for (const move of moves) {
      this.#own.set(move, new Map(deltasOf([move]).map((delta) => [deltaKey(delta), delta])));
      const fault = countMoveFault(move);
      if (fault !== undefined) results.set(move, fault);
    }
    const pending = () => moves.filter((move) => !results.has(move));
    try {
      setResults(await this.#readCounts(pending(), this.#takenBy(pending())));
    } catch (error) {
      this.#signal?.throwIfAborted();
      this.#failure = translateError(error, countsIn(this.#tables));
    }
    const hot = hotMoves(pending(), (move) => this.#countsOf([move]));
    if (hot.length > 0) {
      const counts = new Set(this.#countsOf(hot.flat()));
      const others = pending().filter((move) => !this.#countsOf([move]).some((count) => counts.has(count)));
      const [committed, moved] = await Promise.all([this.#commit(hot), this.#move(others)]);
      setResults(committed);
      setResults(moved);
    }
    setResults(await this.#move(pending()));
    return moves.map((move) => results.get(move) ?? new Fault('transient', 'the move got no result'));
  }

  /** Those that share a count with others of which a transaction holds too many. */
  async #commit(groups: readonly (readonly CountMove[])[]): Promise<Results<CountMove>> {
    const results = new Map<CountMove, Result>();
    const parts: CommitParts = {
      client: this.#client,
      tables: this.#tables,
      known: this.#known,
      signal: this.#signal,
      concurrency: MAX_TRANSACTIONS,
      failure: () => this.#failure,
      fail: (fault) => {
        this.#failure = fault;
      },
    };
    for (const round of roundsOf(groups, (group) => this.#countsOf(group)))
      await pMap(round, async (group) => {
        for (const [move, result] of await new CommitMoves(parts).execute(group)) results.set(move, result);
      });
    return results;
  }

  /** Each state in one transaction with its counts. */
  async #move(moves: readonly CountMove[]): Promise<Results<CountMove>> {
    const groups = packMoves(moves, (move) => this.#deltasOf(move));
    // Those that share a count go one after the other: they would only meet each other.
    const rounds = roundsOf(groups, (group) => this.#countsOf(group));
    const written = await splitRefused(rounds, MAX_TRANSACTIONS, (group) =>
      writeGroup(group, (some) => this.#attempt(some), this.#signal),
    );
    return new Map(
      [...written].map(([move, result]) => [
        move,
        Fault.is(result) && saysTooFar(result) ? this.#sumFault(move, result) : result,
      ]),
    );
  }

  #deltasOf(move: CountMove): ReadonlyMap<string, ModelDelta> {
    return this.#own.get(move) ?? NOTHING;
  }

  #sumFault(move: CountMove, { cause }: Fault): Fault {
    return sumFault(move.source, [...this.#deltasOf(move).values()], cause);
  }

  /** The keys of the counts that some moves change. */
  #countsOf(moves: readonly CountMove[]): readonly string[] {
    return [...new Set(moves.flatMap((move) => [...this.#deltasOf(move).keys()]))];
  }

  readonly #movesOf: MovesOf = (delta, moves) => {
    const key = deltaKey(delta);
    return moves.filter((move) => this.#deltasOf(move).has(key));
  };

  /** The counts that some move takes from: a removal of the last row must know that it is. */
  #takenBy(moves: readonly CountMove[]): readonly ModelDelta[] {
    const taken = new Map<string, ModelDelta>();
    for (const move of moves)
      for (const [key, delta] of this.#deltasOf(move)) if (isTaken(delta)) taken.set(key, delta);
    return [...taken.values()];
  }

  /** Reads how many rows are counted; the faults of moves whose count was not read, or is none. */
  async #readCounts(moves: readonly CountMove[], deltas: readonly ModelDelta[]): Promise<Results<CountMove>> {
    const faults = new Map<CountMove, Fault>();
    for (const { delta, fault, isForeign } of await this.#known.read(deltas))
      // What adds to a count need not know it.
      for (const move of isForeign ? this.#movesOf(delta, moves) : this.#takersOf(delta, moves))
        faults.set(move, fault);
    return faults;
  }

  #takersOf(delta: ModelDelta, moves: readonly CountMove[]): readonly CountMove[] {
    const key = deltaKey(delta);
    return moves.filter((move) => {
      const own = this.#deltasOf(move).get(key);
      return own !== undefined && isTaken(own);
    });
  }

  async #attempt(moves: readonly CountMove[]): Promise<Results<CountMove>> {
    if (this.#failure !== undefined) return forAll(moves, this.#failure);
    const deltas = deltasOf(moves);
    try {
      const shortage = deltas.find((delta) => this.#known.isShort(delta));
      if (shortage !== undefined) return await this.#explain(shortage, moves);
      const items = itemsOf(this.#tables, moves, deltas, (delta) => this.#known.of(delta));
      const reasons = await writeTransaction(this.#client, items, this.#signal);
      if (reasons !== undefined) return obstaclesOf(moves, deltas, reasons, this.#tables, this.#movesOf);
      this.#known.move(deltas);
      return forAll(moves, 'done');
    } catch (error) {
      this.#signal?.throwIfAborted();
      const fault = translateError(error, bothOf(this.#tables));
      if (!(fault instanceof Refusal)) this.#failure = fault;
      const foreign = saysNoNumber(fault) ? await this.#foreignCounts(moves, deltas) : undefined;
      return foreign ?? forAll(moves, fault);
    }
  }

  /** Finds counts that somebody else wrote, where a refusal does not say which they are. */
  async #foreignCounts(
    moves: readonly CountMove[],
    deltas: readonly ModelDelta[],
  ): Promise<Results<CountMove> | undefined> {
    // A count that could not be read is in nobody's way.
    const found = await this.#readCounts(moves, deltas).catch(() => undefined);
    return found?.size ? found : undefined;
  }

  /**
   * In a count, never fewer rows are counted than there are states that hold its tuple, so a shortage means that a state
   * has moved since it was read, or is not as was assumed; if neither, somebody else has changed the count.
   */
  async #explain(delta: ModelDelta, moves: readonly CountMove[]): Promise<Results<CountMove>> {
    const sources = moves.map(({ source }) => source);
    const states = await loadCountStates(this.#client, this.#tables, sources, this.#signal);
    const unread = new Map<CountMove, Fault>();
    for (const [index, move] of moves.entries()) {
      const state = states[index];
      if (Fault.is(state)) unread.set(move, state);
    }
    if (unread.size > 0) return unread;
    const moved = moves.filter((move, index) => !startsFrom(move, states[index] as CountState | undefined));
    if (moved.length > 0) return forAll(moved, 'conflict');
    // Of a state that was assumed before the count was read, and not read, it is not known whether it was so by then.
    const assumed = this.#movesOf(delta, moves).filter(({ from }) => isAssumed(from));
    if (assumed.length > 0) return forAll(assumed, 'conflict');
    return forAll(this.#movesOf(delta, moves), foreignCount(delta, 'would fall below zero', this.#tables));
  }
}
