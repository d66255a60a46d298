import type { BackfillFigures } from '../../../application/backfill/backfill-figures.ts';

export interface BackfillOutcome {
  readonly figures: BackfillFigures;
  readonly refused: readonly { readonly item: string; readonly why: string }[];
  readonly isDryRun: boolean;
  readonly seconds: number;
}

/** So many refused rows a report lists. */
export const MOST_REFUSED = 1_000;

export function backfillReport(form: 'text' | 'json', outcome: BackfillOutcome): string {
  return form === 'json' ? jsonReport(outcome) : `${textLines(outcome).join('\n')}\n`;
}

function jsonReport({ figures, refused, isDryRun, seconds }: BackfillOutcome): string {
  const { tally, unknown, unknownDocuments, readUnits, derivations, isResumed, isStopped } = figures;
  return `${JSON.stringify({
    ...{ ...tally, unknown, unknownDocuments, readUnits, seconds, resumed: isResumed, stopped: isStopped },
    ...(isDryRun && { dryRun: true, derivations: Object.fromEntries(derivations) }),
    refusedRows: refused,
  })}\n`;
}

function textLines({ figures, refused, isDryRun, seconds }: BackfillOutcome): readonly string[] {
  const { tally, unknown, unknownDocuments, readUnits, isResumed, isStopped } = figures;
  const { scanned, listed } = tally;
  const end = isDryRun ? 'nothing was written' : `done, refused ${count(tally.refused)}`;
  return [
    `${count(scanned)} rows read in ${seconds.toFixed(2)} s${isResumed ? ', with those of the run before' : ''}; ${count(readUnits)} read units`,
    `${count(listed)} more looked at, of which something was noted`,
    ...(isDryRun ? eachLine(figures) : [writtenLine(figures)]),
    ...(unknown === 0
      ? []
      : [`${count(unknown)} states keep only a digest of their row's key, and were left as they are`]),
    ...(unknownDocuments === 0
      ? []
      : [
          `${count(unknownDocuments)} documents are of no row, as far as their ids tell, and were left as they are: contrail verify looks at them`,
        ]),
    ...refused.map(({ item, why }) => `refused: ${item}: ${why}`),
    ...(tally.refused > refused.length
      ? [`and ${count(tally.refused - refused.length)} more refused rows`]
      : []),
    ...(isStopped && isDryRun ? ['stopped before the end: of the rest nothing is said'] : []),
    isStopped && !isDryRun ? 'stopped: the same command goes on from here' : end,
  ];
}

function writtenLine({ tally }: BackfillFigures): string {
  const { rows, documents, counts, pointers, effects, unchanged } = tally;
  const derived = { documents, counts, 'derived rows': rows, pointers, effects };
  const written = Object.entries(derived).map(([name, number]) => `${name} ${count(number)}`);
  return `written: ${written.join(', ')}; unchanged ${count(unchanged)}`;
}

function eachLine({ derivations }: BackfillFigures): readonly string[] {
  const width = Math.max(0, ...[...derivations.keys()].map((name) => name.length));
  return Array.from(
    derivations,
    ([name, { written, unchanged }]) =>
      `${name.padEnd(width)}  would write ${count(written)}, unchanged ${count(unchanged)}`,
  );
}

function count(number: number): string {
  return number.toLocaleString('en');
}
