import { Fault } from './fault.ts';

/** A table and its generation. */
export interface NewestTable {
  readonly tableArn: string;
  readonly generation: number;
}

/**
 * The generation of the table that is adopted after the newest one: the next, or the one that is wanted.
 *
 * @throws Fault `configuration` when what is wanted is not an integer above what is known: changes of two tables, or of
 *   two adoptions of one, would have the same generation.
 */
export function nextGeneration(newest: NewestTable | undefined, wanted: number | undefined): number {
  // Everything derived before tables were noted counts as 0.
  const known = newest?.generation ?? 0;
  const generation = wanted ?? known + 1;
  if (Number.isSafeInteger(generation) && generation > known) return generation;
  const what = newest === undefined ? 'everything derived before a table was noted' : newest.tableArn;
  throw new Fault(
    'configuration',
    `generation ${generation} is not an integer above ${known}, the generation of ${what}, ` +
      'so newer changes could not be told from older ones',
  );
}
