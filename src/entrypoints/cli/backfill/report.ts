import type { BackfillFigures } from '../../../application/backfill/backfill-figures.ts';

export interface BackfillOutcome {
  readonly figures: BackfillFigures;
  readonly refused: readonly { readonly item: string; readonly why: string }[];
  readonly seconds: number;
}

/** So many refused rows a report lists. */
export const MOST_REFUSED = 1_000;

export function backfillReport(
  form: 'text' | 'json',
  { figures, refused, seconds }: BackfillOutcome,
): string {
  const { tally, unknown, isResumed, isStopped } = figures;
  if (form === 'json')
    return `${JSON.stringify({ ...tally, unknown, seconds, resumed: isResumed, stopped: isStopped, refusedRows: refused })}\n`;
  const count = (number: number) => number.toLocaleString('en');
  const { scanned, rows, listed, documents, counts, pointers, effects, unchanged } = tally;
  const derived = { documents, counts, 'derived rows': rows, pointers, effects };
  const lines = [
    `${count(scanned)} rows read in ${seconds.toFixed(2)} s${isResumed ? ', with those of the run before' : ''}`,
    `${count(listed)} more looked at, of which something was noted`,
    `written: ${Object.entries(derived)
      .map(([name, number]) => `${name} ${count(number)}`)
      .join(', ')}; unchanged ${count(unchanged)}`,
    ...(unknown === 0
      ? []
      : [`${count(unknown)} states keep only a digest of their row's key, and were left as they are`]),
    ...refused.map(({ item, why }) => `refused: ${item}: ${why}`),
    ...(tally.refused > refused.length
      ? [`and ${count(tally.refused - refused.length)} more refused rows`]
      : []),
    isStopped ? 'stopped: the same command goes on from here' : `done, refused ${count(tally.refused)}`,
  ];
  return `${lines.join('\n')}\n`;
}
