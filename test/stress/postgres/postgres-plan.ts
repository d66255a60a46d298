import { chanceOf } from '../../../src/simulation/world/chance.ts';

/** What a seed decides of a server besides. Times in milliseconds. */
export interface PostgresPlan {
  /** Of the workers' sessions, which did not choose it. */
  readonly isolation: 'read committed' | 'repeatable read' | 'serializable';
  /** After how long the server ends a statement of theirs; 0 for never. */
  readonly statementTimeout: number;
  /** How often a connection of theirs is terminated in the middle of a statement; 0 for never. */
  readonly terminateEvery: number;
  /** How often somebody else locks some of their rows, in an order of his own; 0 for never. */
  readonly lockEvery: number;
}

export const CALM: PostgresPlan = {
  isolation: 'read committed',
  statementTimeout: 0,
  terminateEvery: 0,
  lockEvery: 0,
};

/** A chance of its own, so that the rest of what a seed decides does not depend on it. */
export function postgresPlanOf(seed: number): PostgresPlan {
  const random = chanceOf(seed, 'stress postgres');
  return {
    isolation: random.pick(['read committed', 'read committed', 'repeatable read', 'serializable']),
    statementTimeout: random.pick([0, 0, 150, 500]),
    terminateEvery: random.pick([0, 100, 400]),
    lockEvery: random.pick([0, 5, 50]),
  };
}
