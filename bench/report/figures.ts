import type { Spread } from '../measures/statistics.ts';

/** A number to three digits, with what makes large ones readable. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1000) return Number(value.toPrecision(3)).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

/** `60 DescribeStream and 1,800 GetRecords`. */
export function requestsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([operation, count]) => `${figure(count)} ${operation}`)
    .join(' and ');
}

/** `4.2 (3.9–4.8)`: the median, the lowest and the highest. */
export function spread({ median, low, high, runs }: Spread): string {
  return runs === 1 ? figure(median) : `${figure(median)} (${figure(low)}–${figure(high)})`;
}
