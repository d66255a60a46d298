import { type IndexedTally, ZERO_INDEXED } from './report-indexing.ts';

/** How far the indexer has come. */
export interface IndexProgress extends IndexedTally {
  /** Messages received; those that came twice count twice. */
  readonly received: number;
  /** Messages that somebody has to see to: given back, to be delivered again until they are in the dead-letter queue. */
  readonly givenBack: number;
  /** Messages that it has at the moment. */
  readonly held: number;
  /** Messages acknowledged or given back for good in a second, over the last ten or so. */
  readonly perSecond: number;
  /** How long ago the oldest message of the last batch was sent, in milliseconds; undefined where the source cannot tell. */
  readonly oldestAgeMs: number | undefined;
  /** How many messages the next batch may have. */
  readonly load: number;
  /** Whether hardly anything is received until the search engine is back. */
  readonly isDown: boolean;
}

/** Told after each batch. It must not throw. */
export type IndexProgressListener = (progress: IndexProgress) => void;

const WINDOW_MS = 10_000;

/** Adds up what became of batches. */
export class IndexFigures {
  received = 0;
  givenBack = 0;
  oldestAgeMs: number | undefined;
  readonly tally: IndexedTally = { ...ZERO_INDEXED };
  readonly #ended: { readonly at: number; readonly count: number }[] = [];

  add(tally: IndexedTally, now: number): void {
    for (const name of Object.keys(tally) as (keyof IndexedTally)[]) this.tally[name] += tally[name];
    const { written, deleted, repaired, superseded, late } = tally;
    this.#ended.push({ at: now, count: written + deleted + repaired + superseded + late });
    this.#trim(now);
  }

  perSecond(now: number): number {
    this.#trim(now);
    const from = this.#ended[0]?.at ?? now;
    const count = this.#ended.reduce((sum, each) => sum + each.count, 0);
    return (count * 1_000) / Math.max(1_000, now - from);
  }

  /** Also where nobody asks: memory is as flat as the window is long. */
  #trim(now: number): void {
    while (this.#ended.length > 1 && (this.#ended[0]?.at ?? now) < now - WINDOW_MS) this.#ended.shift();
  }
}
