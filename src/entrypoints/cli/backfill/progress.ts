import type { BackfillFigures } from '../../../application/backfill/backfill-figures.ts';

/** What a terminal is told of a backfill. */
export const BACKFILL_FORMAT =
  'filling {rows} of about {estimate} rows | refused {refused} | {duration_formatted} | {left}';

/** Its figures now. @param seconds since it was begun. */
export function backfillFigures(figures: BackfillFigures | undefined, seconds: number) {
  const { scanned = 0, refused = 0 } = figures?.tally ?? {};
  const { estimate = 0, scannedBefore = 0 } = figures ?? {};
  const perSecond = (scanned - scannedBefore) / seconds;
  const left = Math.max(0, estimate - scanned) / perSecond;
  return {
    rows: scanned.toLocaleString('en'),
    estimate: Math.max(estimate, scanned).toLocaleString('en'),
    refused: refused.toLocaleString('en'),
    left: Number.isFinite(left) ? `about ${Math.ceil(left)} s left` : 'no estimate yet',
  };
}
