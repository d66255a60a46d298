import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Result } from '../../../../application/result.ts';
import {
  type DerivedKey,
  nameOfKey,
  originText,
  type RowsMove,
  takenFault,
} from '../../../../domain/derived-rows.ts';
import { DERIVED_FROM } from '../../../../domain/stored-rows.ts';
import { Fault } from '../../../../domain/fault.ts';
import { rowsMoveFault } from '../../../../domain/rows-limits.ts';
import { splitRefused } from '../../split-refused.ts';
import { reasonFault, withShared } from '../cancelled.ts';
import { statesIn } from '../state-table.ts';
import { forAll, type Results, writeGroup } from '../write-group.ts';
import { errorOf, type Reason, writeTransaction } from '../write-transaction.ts';
import { packRows, shapesIn } from './pack-rows.ts';
import { rowFault, shapeOf } from './row-fault.ts';
import { rowDelete, rowPut, stateWrite } from './rows-transaction.ts';
import { allOf, type KeyedTables, rowsIn } from './rows-tables.ts';
import { originIn } from './stored-origin.ts';

/** Transactions under way at a time. */
const CONCURRENCY = 4;

/** Why a move was not done: a fault of its own, or one that is in the way of all that share its transaction. */
interface Obstacle {
  readonly own?: 'conflict' | Fault;
  readonly shared?: Fault;
}

/** One call of a derived row repository's `apply`. */
export class ApplyRows {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: KeyedTables;
  readonly #signal: AbortSignal | undefined;
  /** Of each move, the keys that have a row of somebody else by now: they are left to it. */
  readonly #left = new Map<RowsMove, ReadonlySet<string>>();

  constructor(client: DynamoDBDocumentClient, tables: KeyedTables, signal: AbortSignal | undefined) {
    this.#client = client;
    this.#tables = tables;
    this.#signal = signal;
  }

  async execute(moves: readonly RowsMove[]): Promise<readonly Result[]> {
    this.#signal?.throwIfAborted();
    const results = new Map<RowsMove, Result>();
    for (const move of moves) {
      const fault = this.#faultOf(move);
      if (fault !== undefined) results.set(move, fault);
    }
    const pending = moves.filter((move) => !results.has(move));
    const done = await splitRefused(packRows(pending, this.#tables), CONCURRENCY, (group) =>
      writeGroup(group, (some) => this.#attempt(some), this.#signal),
    );
    for (const [move, result] of done) results.set(move, result);
    return moves.map((move) => results.get(move) ?? new Fault('transient', 'the move got no result'));
  }

  /** Why a move can never be applied. */
  #faultOf(move: RowsMove): Fault | undefined {
    const { table: own } = this.#tables;
    if (move.put.some(({ table }) => table === own))
      return new Fault(
        'configuration',
        `${originText(move.source)} gives a row in table ${own}, which is the source's own: leave table out`,
        { reason: `${move.source.model.name} names the table of its source` },
      );
    return rowsMoveFault(move);
  }

  async #attempt(moves: readonly RowsMove[]): Promise<Results<RowsMove>> {
    const [first] = moves;
    if (first === undefined) return new Map();
    const now = Date.now();
    const items = moves.map((move) => [
      stateWrite(this.#tables, move, now),
      ...move.put.map((row) => rowPut(this.#tables, move, row)),
      ...this.#removeOf(move).map((row) => rowDelete(this.#tables, move, row)),
    ]);
    try {
      const reasons = await writeTransaction(this.#client, items.flat(), this.#signal);
      if (reasons === undefined) return forAll(moves, 'done');
      return await this.#explain(moves, reasons);
    } catch (error) {
      this.#signal?.throwIfAborted();
      const shapes = shapesIn(first, this.#tables);
      return forAll(moves, rowFault(error, allOf(this.#tables, first), first, shapes));
    }
  }

  #removeOf(move: RowsMove): readonly DerivedKey[] {
    const left = this.#left.get(move);
    return left === undefined ? move.remove : move.remove.filter((key) => !left.has(nameOfKey(key)));
  }

  /** @param reasons of each move, those of its state, of the rows to put and of those to remove. */
  async #explain(moves: readonly RowsMove[], reasons: readonly Reason[]): Promise<Results<RowsMove>> {
    const own = new Map<RowsMove, 'conflict' | Fault>();
    const shared: Fault[] = [];
    let isSomeLeft = false;
    let start = 0;
    for (const move of moves) {
      const remove = this.#removeOf(move);
      const ofMove = reasons.slice(start, (start += 1 + move.put.length + remove.length));
      const left = remove.filter((_, n) => isConditional(ofMove[1 + move.put.length + n]));
      if (left.length > 0) {
        isSomeLeft = true;
        this.#left.set(move, new Set([...(this.#left.get(move) ?? []), ...left.map(nameOfKey)]));
      }
      const obstacle = this.#obstacleOf(move, remove, ofMove);
      if (obstacle.own !== undefined) own.set(move, obstacle.own);
      if (obstacle.shared !== undefined) shared.push(obstacle.shared);
    }
    // Nothing else was in the way: without those rows, it will do.
    if (isSomeLeft && own.size + shared.length === 0) return this.#attempt(moves);
    return withShared(moves, own, shared);
  }

  #obstacleOf(move: RowsMove, remove: readonly DerivedKey[], reasons: readonly Reason[]): Obstacle {
    const [ofState, ...ofRows] = reasons;
    if (isConditional(ofState)) return { own: 'conflict' };
    const origin = originText(move.source);
    const faults = ofRows.flatMap((reason, index) => {
      const row = [...move.put, ...remove][index];
      if (row === undefined || (isConditional(reason) && index >= move.put.length)) return [];
      const { table: own } = this.#tables;
      if (isConditional(reason)) {
        const other = reason.found?.[DERIVED_FROM]?.S;
        return takenFault(row, origin, other === undefined ? undefined : originIn(own, row.table, other));
      }
      if (reason.code === 'None') return [];
      const used = rowsIn(this.#tables, row.table ?? own, move);
      return rowFault(errorOf(reason), used, move, [shapeOf(row, own)]);
    });
    const ofTheState = ofState && reasonFault(ofState, statesIn(this.#tables));
    const all = ofTheState === undefined ? faults : [ofTheState, ...faults];
    const passing = all.find(({ kind }) => kind === 'conflict' || kind === 'transient');
    if (passing !== undefined) return { shared: passing };
    const [fault] = all;
    return fault === undefined ? {} : { own: fault };
  }
}

function isConditional(reason: Reason | undefined): boolean {
  return reason?.code === 'ConditionalCheckFailed';
}
