import type { Verification } from '../../../application/verify/verify.ts';
import type { ReplayResult } from './replay.ts';

/** How many failures or drifted items a text report lists; the JSON report lists all. */
const LISTED = 20;

export interface ReportInput {
  readonly result: ReplayResult;
  readonly seconds: number;
  readonly searchActions: number;
  readonly verification: Verification | undefined;
}

/** The report for people. */
export function textReport({ result, seconds, searchActions, verification }: ReportInput): string {
  const { records, batches, outcomes, search, defaultImages, matcher, failures } = result;
  const rate = seconds > 0 ? Math.round(records / seconds).toLocaleString('en') : '-';
  const lines = [
    `${plural(records, 'record')} in ${plural(batches, 'batch', 'batches')}, ${seconds.toFixed(2)} s (${rate} records/s)`,
    row('records', outcomes),
    row('search', { ...search, 'actions on the queue': searchActions }),
    row('default images', defaultImages),
    row('matcher', matcher),
  ];
  if (verification !== undefined) {
    const { checked, drift } = verification;
    lines.push('', 'proof: derived state against a recount from the rows');
    for (const [subsystem, name] of [
      ['search', 'search'],
      ['defaultImages', 'default images'],
      ['matcher', 'matcher'],
    ] as const) {
      const found = drift.filter((item) => item.subsystem === subsystem).length;
      lines.push(`${name.padEnd(15)} ${plural(checked[subsystem], 'item')} compared, drift ${found}`);
    }
    lines.push(
      ...listed(drift.map(({ subsystem, problem, what }) => `  ${problem} in ${subsystem}: ${what}`)),
    );
  }
  lines.push('', failures.size === 0 ? 'no failures' : `${plural(failures.size, 'failure')}:`);
  lines.push(
    ...listed(
      failures
        .sorted()
        .map(({ pk, sk, error }) => `  ${error}${pk === '' && sk === '' ? '' : ` [PK ${pk}, SK ${sk}]`}`),
    ),
  );
  return `${lines.join('\n')}\n`;
}

/** The report for programs: the same figures, every failure and every drifted item. */
export function jsonReport({ result, seconds, searchActions, verification }: ReportInput): string {
  const { failures, ...counts } = result;
  const report = { ...counts, searchActions, seconds, ...(verification ?? {}), failures: failures.sorted() };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function row(name: string, counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([what, count]) => `${count.toLocaleString('en')} ${what}`);
  return `${name.padEnd(15)} ${parts.join(', ')}`;
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

function listed(lines: readonly string[]): string[] {
  if (lines.length <= LISTED) return [...lines];
  return [...lines.slice(0, LISTED), `  … and ${lines.length - LISTED} more: --report json lists them all`];
}
