import type { CountFound } from '../../application/ports/derived-state.ts';
import { MatcherRepository } from '../../application/ports/matcher-repository.ts';
import type { Result } from '../../application/result.ts';
import { type Contribution, type CountModel, type Tuple, tupleKey } from '../../domain/count.ts';
import { type CountCorrection, correctionFault, type CountSays } from '../../domain/count-correction.ts';
import { countMoveFault, sumFault } from '../../domain/count-limits.ts';
import {
  type CountedRow,
  type CountMove,
  type CountState,
  netDeltas,
  startsFrom,
} from '../../domain/count-move.ts';
import { Fault } from '../../domain/fault.ts';
import { itemKey, keyOf } from '../../domain/row.ts';
import { MemoryStates } from './memory-states.ts';

/** A count, and how many rows are counted in it. */
export interface StoredCount extends CountFound {
  readonly rows: number;
}

/** Counts and the states of counted rows in memory. */
export class MemoryMatcherRepository extends MatcherRepository {
  readonly #states = new MemoryStates<CountState>((version) => ({
    version,
    contributions: [],
    removed: true,
  }));
  readonly #counts = new Map<string, StoredCount>();

  override async load(
    rows: readonly CountedRow[],
    signal?: AbortSignal,
  ): Promise<readonly (CountState | undefined)[]> {
    signal?.throwIfAborted();
    return rows.map((row) => this.#states.get(stateKey(row)));
  }

  override async apply(moves: readonly CountMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    signal?.throwIfAborted();
    return moves.map((move) => this.#applyOne(move));
  }

  override async correct(
    corrections: readonly CountCorrection[],
    signal?: AbortSignal,
  ): Promise<readonly Result[]> {
    signal?.throwIfAborted();
    return corrections.map((correction) => this.#correctOne(correction));
  }

  /** The counts in which rows are counted, whatever they add up to. */
  *counts(): Generator<CountFound> {
    for (const { model, tuple, count } of this.#counts.values()) yield { model, tuple, count };
  }

  /** The counts, and how many rows are counted in each. */
  stored(): Iterable<StoredCount> {
    return this.#counts.values();
  }

  /** The rows for which something is noted, as `originText` has them. */
  states(): Iterable<string> {
    return this.#states.keys();
  }

  #correctOne(correction: CountCorrection): Result {
    const { model, tuple, seen, to } = correction;
    const impossible = correctionFault(correction);
    if (impossible !== undefined) return impossible;
    const name = countName(model, tuple);
    if (!isAsSeen(this.#counts.get(name), seen)) return 'conflict';
    if (to === undefined) this.#counts.delete(name);
    else this.#counts.set(name, { model, tuple, ...to });
    return 'done';
  }

  #applyOne(move: CountMove): Result {
    const impossible = countMoveFault(move);
    if (impossible !== undefined) return impossible;
    const key = stateKey(move.source);
    if (!startsFrom(move, this.#states.get(key))) return 'conflict';
    const counts = this.#countsAfter(move);
    for (const { rows, tuple } of counts.values())
      if (rows < 0)
        return new Fault(
          'configuration',
          `the count of ${tupleKey(tuple)} would fall below zero: something other than Contrail changed it`,
          { reason: 'a count would fall below zero' },
        );

    if (
      move.source.model.amount !== undefined &&
      [...counts.values()].some(({ count }) => !count.isStorable())
    )
      return sumFault(move.source, netDeltas([move]));
    for (const [name, count] of counts)
      if (count.rows === 0) this.#counts.delete(name);
      else this.#counts.set(name, count);
    this.#states.set(key, move.to);
    return 'done';
  }

  /** The counts that a move touches, as they are after it. */
  #countsAfter({ source: { model }, from, to }: CountMove): Map<string, StoredCount> {
    const counts = new Map<string, StoredCount>();
    const add = ({ tuple, amount }: Contribution, rows: 1 | -1) => {
      const name = countName(model, tuple);
      const before = counts.get(name) ?? this.#counts.get(name);
      const signed = rows === 1 ? amount : amount.negated();
      const count = before === undefined ? signed : before.count.plus(signed);
      counts.set(name, { model, tuple, count, rows: (before?.rows ?? 0) + rows });
    };
    for (const contribution of from?.contributions ?? []) add(contribution, -1);
    for (const contribution of to.contributions) add(contribution, 1);
    return counts;
  }
}

function isAsSeen(stored: StoredCount | undefined, seen: CountSays | undefined): boolean {
  return stored?.rows === seen?.rows && stored?.count.canonical === seen?.count.canonical;
}

function stateKey({ model, row }: CountedRow): string {
  return `${model.name} ${itemKey(keyOf(row))}`;
}

function countName({ name }: CountModel, tuple: Tuple): string {
  return `${name} ${tupleKey(tuple)}`;
}
