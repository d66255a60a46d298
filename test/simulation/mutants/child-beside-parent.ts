import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'A child is read beside its parent, so that a change of an item overtakes the one before.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['child-beside-parent']?.() ?? {} }),
};
