import { Fault } from '../../domain/fault.ts';
import type { MonotonicClock } from '../ports/monotonic-clock.ts';
import type { Sleeper } from '../ports/sleeper.ts';
import type { TableSize } from '../ports/table-scan.ts';

/** Units a second, or a share of what the table has of them, above 0 and up to 1; undefined for as fast as it goes. */
export type Rate = { readonly units: number } | { readonly share: number } | undefined;

/**
 * @returns units a second; undefined for as fast as it goes.
 * @throws Fault `configuration` where a share is asked for of a capacity that has no bound.
 */
export function unitsPerSecond(
  rate: Rate,
  { readUnitsPerSecond }: Pick<TableSize, 'readUnitsPerSecond'>,
): number | undefined {
  if (rate === undefined) return undefined;
  if ('units' in rate) return rate.units;
  if (readUnitsPerSecond === undefined)
    throw new Fault(
      'configuration',
      'the table has no capacity of which a share could be taken, as it is on demand and has no maximum: give the units a second',
    );
  return rate.share * readUnitsPerSecond;
}

/**
 * The same of what is written, where nothing is read of the table.
 *
 * @throws Fault `configuration` for a share: the table's capacity is not all that is written to.
 */
export function writesPerSecond(rate: Rate): number | undefined {
  if (rate === undefined) return undefined;
  if ('units' in rate) return rate.units;
  throw new Fault(
    'configuration',
    'with --export, --rate is of what is written, and a share of no table: give the number a second',
  );
}

interface Waiting {
  readonly clock: MonotonicClock;
  readonly sleeper: Sleeper;
}

/**
 * Keeps what many read together to so many units a second. What a request takes is known once it is done: so it may begin
 * whenever nothing is owed, and the next one waits until what it took is made up for. What is not used is kept for a second.
 */
export class Pace {
  readonly #parts: Waiting;
  readonly #perMs: number | undefined;
  /** What may be taken; below 0 what is owed. */
  #left: number;
  #at: number;

  /** @param perSecond units; undefined for as many as there are. */
  constructor(parts: Waiting, perSecond: number | undefined) {
    this.#parts = parts;
    this.#perMs = perSecond === undefined ? undefined : perSecond / 1_000;
    this.#left = perSecond ?? 0;
    this.#at = parts.clock.elapsed();
  }

  /** Waits until a request may begin. Rejects once `signal` is aborted. */
  async turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#perMs === undefined) return;
    for (;;) {
      this.#fill();
      if (this.#left > 0) return;
      // No shorter than a timer can be, and long enough that something is left then.
      await this.#parts.sleeper.sleep(Math.ceil(-this.#left / this.#perMs) + 1, signal);
      signal.throwIfAborted();
    }
  }

  /** Tells what a request took. */
  took(units: number): void {
    this.#left -= units;
  }

  #fill(): void {
    if (this.#perMs === undefined) return;
    const now = this.#parts.clock.elapsed();
    this.#left = Math.min(this.#perMs * 1_000, this.#left + (now - this.#at) * this.#perMs);
    this.#at = now;
  }
}
