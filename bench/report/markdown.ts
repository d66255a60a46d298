import { figure, spread } from './figures.ts';
import type { Goal } from './goals.ts';
import type { Limit } from './limits.ts';

/** A table of which all columns but the first, and but a last one without a title, are numbers. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((title, column) => (column === 0 || title === '' ? '---' : '--:'));
  return [head, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export function limitTable(limits: readonly Limit[]): string {
  return markdownTable(
    ['goal', 'bound', 'limit', ''],
    limits.map(({ goal: { what, is, bound }, limit, because }) => {
      const isRuledOut = is === 'at least' ? limit < bound : limit > bound;
      return [
        `${what}: ${because}`,
        `${is === 'at least' ? '≥' : '≤'} ${figure(bound)}`,
        figure(limit),
        isRuledOut ? 'ruled out' : 'possible',
      ];
    }),
  );
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
