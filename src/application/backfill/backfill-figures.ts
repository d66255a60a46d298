import { ZERO_BROUGHT } from '../bring-into-line/bring-into-line.ts';
import type { ScanProgress } from '../scan/scan-progress.ts';

/** `scanned` rows of the table; `listed` those that the scan has not found, but something was noted of; `refused` by the definition, of both. */
const ZERO_BACKFILL = { scanned: 0, listed: 0, refused: 0, ...ZERO_BROUGHT };

export type BackfillTally = Record<keyof typeof ZERO_BACKFILL, number>;

/** What a backfill has done until now, with what was done before it was left. */
export class BackfillFigures {
  /** How many rows the table has, as last counted. */
  readonly estimate: number;
  /** Whether an earlier process has begun it. */
  readonly isResumed: boolean;
  /** Rows that earlier processes have done. */
  readonly scannedBefore: number;
  /** States that keep only a digest of their row's key: what is derived of such a row, if it is gone, stays. */
  unknown = 0;
  isStopped = false;
  readonly tally: BackfillTally = { ...ZERO_BACKFILL };
  readonly #segments: BackfillTally[];

  constructor(estimate: number, { segments, isResumed }: Pick<ScanProgress, 'segments' | 'isResumed'>) {
    this.estimate = estimate;
    this.isResumed = isResumed;
    this.#segments = segments.map(({ tally }) => ({ ...ZERO_BACKFILL, ...tally }));
    for (const tally of this.#segments) this.add(tally);
    this.scannedBefore = this.tally.scanned;
  }

  add(more: Partial<BackfillTally>): void {
    addTo(this.tally, more);
  }

  /** Adds what a page of a segment has come to. @returns what all its pages have. */
  added(segment: number, more: Partial<BackfillTally>): BackfillTally {
    this.add(more);
    const tally = this.#segments[segment] ?? { ...ZERO_BACKFILL };
    addTo(tally, more);
    return { ...tally };
  }
}

function addTo(tally: BackfillTally, more: Partial<BackfillTally>): void {
  for (const [name, number] of Object.entries(more)) tally[name as keyof BackfillTally] += number;
}
