import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'Shards are listed at the start only: children are never read until the next one.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['listed-once']?.() ?? {} }),
};
