import { Random } from '../../src/random/random.ts';

/** Milliseconds that a request takes. */
export interface Latency {
  /** @param items how many items or messages it names. */
  next(operation: string, items: number): number;
}

/** Spread of the logarithm: 1 % of the requests take more than 3.2 times the median, 0.1 % more than 4.7 times. */
const SIGMA = 0.5;

/**
 * How much longer than a single read or write a request of many items takes. Of transactions, others have measured it on
 * AWS: 3.35 times at 5 items, 4.25 at 25. Of a batch the slowest part counts: were the parts wholly independent, it
 * would be 3.4 times at 100.
 */
const FACTORS: Readonly<Record<string, (items: number) => number>> = {
  TransactWriteItems: (items) => 3.1 + 0.045 * items,
  BatchGetItem: (items) => 1.5 + 0.01 * items,
  BatchWriteItem: (items) => 1.5 + 0.01 * items,
  SendMessageBatch: () => 1.5,
};

/** How many times as long as a single read or write a request takes. */
export function latenciesOf(operation: string, items: number): number {
  return FACTORS[operation]?.(items) ?? 1;
}

/** Log-normal about a median, from a seed; none where the median is 0. */
export class RandomLatency implements Latency {
  readonly #medianMs: number;
  readonly #random: Random;

  constructor(medianMs: number, seed: number) {
    this.#medianMs = medianMs;
    this.#random = Random.of(seed);
  }

  next(operation: string, items: number): number {
    if (this.#medianMs === 0) return 0;
    return this.#medianMs * latenciesOf(operation, items) * Math.exp(SIGMA * this.#normal());
  }

  /** Box and Muller's. */
  #normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random.fraction()));
    return radius * Math.cos(2 * Math.PI * this.#random.fraction());
  }
}

/** Always the median. */
export const MEDIAN_LATENCY: Latency = { next: latenciesOf };

export const NO_LATENCY: Latency = { next: () => 0 };
