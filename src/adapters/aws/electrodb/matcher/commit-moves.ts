import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import type { Result } from '../../../../application/result.ts';
import { type CountMove, type CountState, isAssumed, startsFrom } from '../../../../domain/count-move.ts';
import { Fault } from '../../../../domain/fault.ts';
import { Refusal } from '../../refusal.ts';
import { translateError } from '../../translate-error.ts';
import { reasonFault } from '../cancelled.ts';
import { forAll, type Results, writeGroup } from '../write-group.ts';
import { type Reason, writeTransaction } from '../write-transaction.ts';
import { decidedBefore, recordPut } from './commit-record.ts';
import { loadCountStates } from './count-states.ts';
import type { KnownCounts } from './known-counts.ts';
import { bothOf, type KeyedTables } from './matcher-tables.ts';
import { deltasOf, isTaken, type ModelDelta } from './model-delta.ts';
import { commitStateWrite, countWrite } from './move-transaction.ts';
import { obstaclesOf } from './obstacles.ts';
import { packStates } from './pack-moves.ts';

/** So often is a commit tried where others are in the way at a count: two items then, where to begin anew takes every state again. */
const ATTEMPTS = 20;

/** What commits of one call have in common with its other transactions. */
export interface CommitParts {
  readonly client: DynamoDBDocumentClient;
  readonly tables: KeyedTables;
  readonly known: KnownCounts;
  readonly signal: AbortSignal | undefined;
  /** Transactions under way at a time. */
  readonly concurrency: number;
  /** Whether, and why, nothing more is to be sent. */
  readonly failure: () => Fault | undefined;
  readonly fail: (fault: Fault) => void;
}

/**
 * Moves rows of which more change one count than fit a transaction with it. States are written first, a hundred a transaction and all at
 * once: each names a commit, and keeps what it was. One transaction then writes the commit's record and the counts, all of them together. Until
 * the record is there, states say what they were. Whoever meets such a state before that writes the record, as aborted, so that the
 * commit is refused: see `resolveCommits`.
 */
export class CommitMoves {
  readonly #parts: CommitParts;
  readonly #id = randomUUID();
  readonly #was = new Map<CountMove, CountState | undefined>();

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /**
   * @param moves of as many counts as fit a transaction beside a record, none of them removals.
   * @returns a result for each move, but for those that are to be made in the usual way: by that, what is refused is found.
   */
  async execute(moves: readonly CountMove[]): Promise<Results<CountMove>> {
    const { known } = this.#parts;
    const results = new Map<CountMove, Result>();
    const add = (some: Results<CountMove>) => {
      for (const [move, result] of some) if (!(result instanceof Refusal)) results.set(move, result);
    };
    // Of a shortage, the usual way finds the reason.
    if (deltasOf(moves).some((delta) => known.isShort(delta))) return results;
    const sent = async () => {
      add(await this.#readAssumed(moves));
      const based = moves.filter((move) => this.#was.has(move));
      const written = await this.#writeStates(based);
      add(written);
      const ready = based.filter((move) => written.get(move) === 'done');
      for (const move of ready) results.delete(move);
      if (ready.length > 0) add(await this.#commit(ready));
    };
    try {
      await sent();
    } catch (error) {
      this.#parts.signal?.throwIfAborted();
      const fault = translateError(error, bothOf(this.#parts.tables));
      this.#parts.fail(fault);
      for (const move of moves) if (!results.has(move)) results.set(move, fault);
    }
    return results;
  }

  /** A state keeps what it was, so that it must be known: of those that are assumed to be there, it is read. */
  async #readAssumed(moves: readonly CountMove[]): Promise<Results<CountMove>> {
    const { client, tables, signal } = this.#parts;
    const assumed: CountMove[] = [];
    for (const move of moves) {
      const { from } = move;
      if (!isAssumed(from)) this.#was.set(move, from);
      else if (from.contributions.length === 0) this.#was.set(move, undefined);
      else assumed.push(move);
    }
    const sources = assumed.map(({ source }) => source);
    const states = sources.length === 0 ? [] : await loadCountStates(client, tables, sources, signal);
    const results = new Map<CountMove, Result>();
    for (const [index, move] of assumed.entries()) {
      const state = states[index];
      if (Fault.is(state)) results.set(move, state);
      else if (state === undefined || !startsFrom(move, state)) results.set(move, 'conflict');
      else this.#was.set(move, state);
    }
    return results;
  }

  async #writeStates(moves: readonly CountMove[]): Promise<Results<CountMove>> {
    const { signal, concurrency } = this.#parts;
    const groups = packStates(moves, (move) => this.#was.get(move));
    const results = new Map<CountMove, Result>();
    const write = async (group: readonly CountMove[]) => {
      const answers = await writeGroup(group, (some) => this.#attemptStates(some), signal);
      for (const [index, move] of group.entries()) results.set(move, answers[index] as Result);
    };
    await pMap(groups, write, { concurrency });
    return results;
  }

  async #attemptStates(moves: readonly CountMove[]): Promise<Results<CountMove>> {
    const { client, tables, signal } = this.#parts;
    const failure = this.#parts.failure();
    if (failure !== undefined) return forAll(moves, failure);
    const now = Date.now();
    const items = moves.map((move) => {
      const was = this.#was.get(move);
      return commitStateWrite(tables, move, { commit: this.#id, was }, now);
    });
    try {
      const reasons = await writeTransaction(client, items, signal);
      if (reasons === undefined) return forAll(moves, 'done');
      return obstaclesOf(moves, [], reasons, tables, () => []);
    } catch (error) {
      signal?.throwIfAborted();
      const fault = translateError(error, bothOf(tables));
      if (!(fault instanceof Refusal)) this.#parts.fail(fault);
      return forAll(moves, fault);
    }
  }

  /** @returns no result for moves whose commit is refused, and aborted for that. */
  async #commit(moves: readonly CountMove[]): Promise<Results<CountMove>> {
    const { client, tables, known, signal } = this.#parts;
    const deltas = deltasOf(moves);
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      const failure = this.#parts.failure();
      if (failure !== undefined) return forAll(moves, failure);
      // Whoever loads them finds them undecided, and aborts the commit.
      if (attempt > ATTEMPTS || deltas.some((delta) => known.isShort(delta)))
        return forAll(moves, 'conflict');
      const items = [
        recordPut(tables, this.#id, 'committed'),
        ...deltas.map((delta) => countWrite(tables, delta, known.of(delta))),
      ];
      let refusal: Fault | undefined;
      try {
        const [ofRecord, ...ofCounts] = (await writeTransaction(client, items, signal)) ?? [];
        const outcome = ofRecord === undefined ? 'committed' : decidedBefore(ofRecord);
        if (outcome === 'committed') {
          known.move(deltas);
          return forAll(moves, 'done');
        }
        if (outcome === 'aborted') return forAll(moves, 'conflict');
        refusal = this.#worstOf([ofRecord, ...ofCounts]);
      } catch (error) {
        signal?.throwIfAborted();
        const fault = translateError(error, bothOf(tables));
        if (!(fault instanceof Refusal)) throw fault;
        refusal = fault;
      }
      if (refusal?.kind === 'transient') return forAll(moves, refusal);
      if (refusal !== undefined) return this.#release(moves);
      const unknown = await this.#readTaken(deltas);
      if (unknown !== undefined) return forAll(moves, unknown);
    }
  }

  /** What is in the way of a commit; undefined where it was only somebody else's write. */
  #worstOf(reasons: readonly (Reason | undefined)[]): Fault | undefined {
    const faults = reasons.flatMap(
      (reason) => (reason && reasonFault(reason, bothOf(this.#parts.tables))) ?? [],
    );
    return faults.find(({ kind }) => kind === 'transient') ?? faults.find(({ kind }) => kind !== 'conflict');
  }

  /** Others may have moved a count to where its row must go, or stay. */
  async #readTaken(deltas: readonly ModelDelta[]): Promise<'conflict' | Fault | undefined> {
    const taken = deltas.filter(isTaken);
    const [unknown] = taken.length === 0 ? [] : await this.#parts.known.read(taken);
    // What is wrong with a count, is found before anything is written, the next time.
    return unknown?.isForeign ? 'conflict' : unknown?.fault;
  }

  /** Aborts the commit, and writes states as they were, by reading them. */
  async #release(moves: readonly CountMove[]): Promise<Results<CountMove>> {
    const { client, tables, signal } = this.#parts;
    const sources = moves.map(({ source }) => source);
    const states = await loadCountStates(client, tables, sources, signal);
    const unread = states.find((state) => Fault.is(state));
    return unread === undefined ? new Map() : forAll(moves, unread);
  }
}
