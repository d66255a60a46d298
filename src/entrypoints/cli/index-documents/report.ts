import type { IndexProgress } from '../../../application/index-progress.ts';

export interface DrainResult {
  readonly result: IndexProgress;
  readonly seconds: number;
  /** Collections that were made, a line each. */
  readonly made: readonly string[];
}

const FIGURES = [
  ...(['received', 'written', 'deleted', 'repaired', 'unrepaired'] as const),
  ...(['superseded', 'late', 'givenBack'] as const),
] as const;

/** What became of the messages. */
export function drainReport(form: 'text' | 'json', { result, seconds, made }: DrainResult): string {
  const figures = Object.fromEntries(FIGURES.map((name) => [name, result[name]]));
  if (form === 'json') return `${JSON.stringify({ ...figures, seconds, made })}\n`;
  const { written, deleted, repaired, unrepaired, superseded, late, givenBack, received } = result;
  const count = (number: number) => number.toLocaleString('en');
  const lines = [
    ...made,
    `${count(received)} message${received === 1 ? '' : 's'} received in ${seconds.toFixed(2)} s`,
    `documents       ${count(written)} written, ${count(deleted)} deleted, ${count(repaired)} repaired, ${count(unrepaired)} not to be repaired`,
    `other messages  ${count(superseded)} superseded, ${count(late)} late, ${count(givenBack)} given back`,
  ];
  return `${lines.join('\n')}\n`;
}
