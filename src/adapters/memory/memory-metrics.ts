import { ALWAYS_PUBLISHED, type MetricName, Metrics } from '../../application/ports/metrics.ts';

/** One batch's figures. Metrics that nothing was added to are not in it, except those always published. */
export interface BatchFigures {
  readonly metrics: ReadonlyMap<MetricName, number>;
  /** Requests by operation. */
  readonly requests: ReadonlyMap<string, number>;
}

/** How many batches' figures are kept. */
const KEPT_BATCHES = 100;

/** A worker's figures in memory: sums over all batches, flushed or not, and the last hundred flushed batches one by one. */
export class MemoryMetrics extends Metrics {
  readonly #totals = new Map<MetricName, number>();
  readonly #requests = new Map<string, number>();
  readonly #batches: BatchFigures[] = [];
  #metrics = new Map<MetricName, number>();
  #batchRequests = new Map<string, number>();

  override add(name: MetricName, value: number): void {
    increase(this.#totals, name, value);
    increase(this.#metrics, name, value);
  }

  override request(operation: string): void {
    increase(this.#requests, operation, 1);
    increase(this.#batchRequests, operation, 1);
  }

  override flush(): void {
    for (const name of ALWAYS_PUBLISHED.worker) increase(this.#metrics, name, 0);
    if (this.#batches.length === KEPT_BATCHES) this.#batches.shift();
    this.#batches.push({ metrics: this.#metrics, requests: this.#batchRequests });
    this.#metrics = new Map();
    this.#batchRequests = new Map();
  }

  /** The sum of a metric, even of ages and durations, where it says little. */
  total(name: MetricName): number {
    return this.#totals.get(name) ?? 0;
  }

  /** Requests by operation. */
  get requests(): ReadonlyMap<string, number> {
    return this.#requests;
  }

  /** The last flushed batches, the oldest first. */
  get batches(): readonly BatchFigures[] {
    return this.#batches;
  }
}

function increase<K>(sums: Map<K, number>, key: K, by: number): void {
  sums.set(key, (sums.get(key) ?? 0) + by);
}
