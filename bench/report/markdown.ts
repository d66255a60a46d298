import { figure, spread } from './figures.ts';
import type { Goal } from './goals.ts';

/** A table of which all columns but the first, and but a last one without a title, are numbers. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((title, column) => (column === 0 || title === '' ? '---' : '--:'));
  return [head, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export function goalTable(goals: readonly Goal[]): string {
  return markdownTable(
    ['goal, as a ratio in one run', 'bound', 'measured', ''],
    goals.map(({ what, is, bound, measured, met }) => [
      what,
      `${is === 'at least' ? '≥' : '≤'} ${figure(bound)}`,
      spread(measured),
      met ? 'met' : 'missed',
    ]),
  );
}
