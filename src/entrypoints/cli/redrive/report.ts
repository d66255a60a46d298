import type { RedriveFigures, StillFailed } from '../../../application/redrive/redrive.ts';
import type { ParkedFigures } from '../../../application/redrive/redrive-parked.ts';
import type { From } from './from.ts';

export interface RedriveOutcome {
  readonly figures: RedriveFigures & Partial<Pick<ParkedFigures, 'refused'>>;
  readonly isDry: boolean;
  readonly from: From['is'];
  /** The first of them. */
  readonly failures: readonly StillFailed[];
  readonly seconds: number;
}

/** So many messages that stay a report lists. */
export const MOST_FAILURES = 1_000;

export function redriveReport(form: 'text' | 'json', outcome: RedriveOutcome): string {
  const { figures, isDry, from, failures, seconds } = outcome;
  const { messages, done, failed, records, rows, effects, derivations, isStopped, refused } = figures;
  if (form === 'json') {
    const counts = { messages, done, failed, records, rows, effects, refused };
    const report = { dryRun: isDry, ...counts, derivations: Object.fromEntries(derivations) };
    return `${JSON.stringify({ ...report, seconds, stopped: isStopped, failures })}\n`;
  }
  const count = (number: number) => number.toLocaleString('en');
  const { run, skipped, repeated } = effects;
  const lines = [
    `${count(messages)} ${from === 'parked' ? 'parked items' : 'messages'} with ${count(records)} records, of ${count(rows)} rows, in ${seconds.toFixed(2)} s`,
    ...[...derivations].map(
      ([name, { written, unchanged }]) =>
        `${name}: ${isDry ? 'to be written' : 'written'} ${count(written)}, unchanged ${count(unchanged)}`,
    ),
    ...(run + skipped + repeated === 0
      ? []
      : [
          `effects of the records: ${isDry ? 'to be run' : 'run'} ${count(run + skipped)}; ` +
            `${count(repeated)} ran already for the record, or for a newer change of its row`,
        ]),
    ...(refused === undefined || refused === 0
      ? []
      : [
          `${count(refused)} changes were refused for good: effects ${isDry ? 'would not run' : 'did not run'} for them`,
        ]),
    ...failures.map(({ place, why }) => `stays: ${place}: ${why}`),
    ...(failed > failures.length ? [`and ${count(failed - failures.length)} more that stay`] : []),
    lastLine(figures, isDry, from),
  ];
  return `${lines.join('\n')}\n`;
}

function lastLine({ done, failed, isStopped }: RedriveFigures, isDry: boolean, from: From['is']): string {
  const stopped = isStopped ? 'stopped: the same command goes on with the rest; ' : '';
  if (isDry) return `${stopped}nothing was written: the same with --yes does it`;
  const what = { files: 'done', parked: 'done and no longer parked' }[from as string] ?? 'done and deleted';
  return `${stopped}${what} ${done.toLocaleString('en')}, failed ${failed.toLocaleString('en')}`;
}
