import { type DerivationTally, ZERO_BROUGHT } from '../bring-into-line/bring-into-line.ts';
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
  /** Documents whose ids are of no row that the table can have, or do not tell of which: they stay. */
  unknownDocuments = 0;
  isStopped = false;
  /** Of the scan, in this process. */
  readUnits = 0;
  /** What was done for each derivation in this process, or would have been. */
  readonly derivations: Map<string, DerivationTally>;
  readonly tally: BackfillTally = { ...ZERO_BACKFILL };
  readonly #segments: BackfillTally[];

  /** @param names of the derivations that are filled. */
  constructor(
    estimate: number,
    names: readonly string[],
    { segments, isResumed }: Pick<ScanProgress, 'segments' | 'isResumed'>,
  ) {
    this.derivations = new Map(names.map((name) => [name, { written: 0, unchanged: 0 }]));
    this.estimate = estimate;
    this.isResumed = isResumed;
    this.#segments = segments.map(({ tally }) => ({ ...ZERO_BACKFILL, ...tally }));
    for (const tally of this.#segments) this.add(tally);
    this.scannedBefore = this.tally.scanned;
  }

  add(more: Partial<BackfillTally>): void {
    addTo(this.tally, more);
  }

  /** Adds what was done for derivations. */
  addEach(more: ReadonlyMap<string, DerivationTally>): void {
    for (const [name, { written, unchanged }] of more) {
      const own = this.derivations.get(name);
      if (own === undefined) continue;
      own.written += written;
      own.unchanged += unchanged;
    }
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
