import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'Shards are listed only when nothing is left to read: children wait as long.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['listed-when-nothing-is-left']?.() ?? {} }),
};
