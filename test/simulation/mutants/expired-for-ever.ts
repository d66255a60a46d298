import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'An iterator that is too old is tried again for ever.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['expired-for-ever']?.() ?? {} }),
};
