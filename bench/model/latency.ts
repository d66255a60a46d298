import { Random } from '../../src/fleet/feed/random.ts';

/** Spread of the logarithm: 1 % of the requests take more than 3.2 times the median, 0.1 % more than 4.7 times. */
const SIGMA = 0.5;

/**
 * How much longer than a single read or write a request of many takes. A transaction is prepared and then done; of
 * a batch, the slowest part counts. Against Contrail, as its peers send none of these.
 */
const FACTORS: Readonly<Record<string, number>> = {
  TransactWriteItems: 3,
  BatchGetItem: 1.5,
  SendMessageBatch: 1.5,
};

/** Latencies of requests: log-normal about a median, from a seed. */
export class Latency {
  readonly medianMs: number;
  readonly #random: Random;

  constructor(medianMs: number, seed: number) {
    this.medianMs = medianMs;
    this.#random = Random.of(seed);
  }

  /** Milliseconds; 0 when the median is. */
  next(operation: string): number {
    if (this.medianMs === 0) return 0;
    return this.medianMs * (FACTORS[operation] ?? 1) * Math.exp(SIGMA * this.#normal());
  }

  /** Box and Muller's. */
  #normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random.fraction()));
    return radius * Math.cos(2 * Math.PI * this.#random.fraction());
  }
}
