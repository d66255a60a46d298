import type { Clock } from '../ports/clock.ts';
import type { ScannedRow, TableScan } from '../ports/table-scan.ts';
import type { Retrier } from '../retry.ts';
import { NO_LIMIT } from '../time-limit.ts';
import { tryAgain } from '../drift/scan-all.ts';
import type { Pace } from './pace.ts';
import type { ScanProgress, SegmentPlace } from './scan-progress.ts';

export interface ScanSegmentsParts {
  readonly scan: Pick<TableScan, 'page'>;
  readonly retrier: Retrier;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly progress: Pick<ScanProgress, 'segments' | 'save'>;
  /** Rows a page. */
  readonly pageRows: number;
}

export interface PageOfSegment {
  readonly segment: number;
  readonly rows: readonly ScannedRow[];
  readonly readUnits: number;
  /** When its reading began, in milliseconds since 1970. */
  readonly at: number;
}

/**
 * Reads what is left of a scan, segments at the same time, the pages of each one after the other; each is noted once it is dealt with. Where one segment
 * fails, the others end after their present page.
 *
 * @param onPage deals with a page. @returns what all pages of its segment have come to.
 * @param stop once aborted, no further page is begun.
 */
export async function scanSegments(
  parts: ScanSegmentsParts,
  onPage: (page: PageOfSegment) => Promise<SegmentPlace['tally']>,
  stop: AbortSignal,
): Promise<void> {
  const failing = new AbortController();
  const either = AbortSignal.any([stop, failing.signal]);
  const results = await Promise.allSettled(
    parts.progress.segments.map(async (place) => {
      try {
        await scanSegment(parts, place, onPage, either);
      } catch (error) {
        failing.abort();
        throw error;
      }
    }),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function scanSegment(
  { scan, retrier, clock, pace, progress, pageRows }: ScanSegmentsParts,
  begun: SegmentPlace,
  onPage: (page: PageOfSegment) => Promise<SegmentPlace['tally']>,
  stop: AbortSignal,
): Promise<void> {
  const segments = progress.segments.length;
  for (let place = begun; !place.isDone;) {
    if (!(await ownTurn(pace, stop))) return;
    const { segment, from } = place;
    let at = 0;
    const { rows, readUnits, next } = await tryAgain(
      retrier,
      () => {
        at = clock.now();
        return scan.page({ segment, segments, from, limit: pageRows });
      },
      NO_LIMIT.signal,
    );
    pace.took(readUnits);
    const tally = await onPage({ segment, rows, readUnits, at });
    place = { segment, from: next, isDone: next === undefined, tally };
    await progress.save(place);
  }
}

/** Waits for a turn, but no longer than until it is to stop. @returns false where it is to. */
export async function ownTurn(pace: Pace, stop: AbortSignal): Promise<boolean> {
  await pace.turn(stop).catch((error: unknown) => {
    if (!stop.aborted) throw error;
  });
  return !stop.aborted;
}
