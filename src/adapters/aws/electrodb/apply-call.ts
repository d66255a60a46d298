import { Fault } from '../../../domain/fault.ts';
import type { LinkMove } from '../../../domain/link-move.ts';
import { KnownCounts } from './known-counts.ts';

export type MoveResult = 'applied' | 'conflict' | Fault;

/** What one call of a matcher repository's `apply` knows so far. */
export class ApplyCall {
  readonly signal: AbortSignal | undefined;
  readonly counts = new KnownCounts();
  readonly #results = new Map<LinkMove, MoveResult>();

  constructor(signal: AbortSignal | undefined) {
    this.signal = signal;
  }

  settle(moves: readonly LinkMove[], result: MoveResult): void {
    for (const move of moves) this.#results.set(move, result);
  }

  unsettled(moves: readonly LinkMove[]): readonly LinkMove[] {
    return moves.filter((move) => !this.#results.has(move));
  }

  /** One a move, in their order. */
  resultsOf(moves: readonly LinkMove[]): readonly MoveResult[] {
    return moves.map(
      (move) => this.#results.get(move) ?? new Fault('transient', 'the move was given no result'),
    );
  }
}
