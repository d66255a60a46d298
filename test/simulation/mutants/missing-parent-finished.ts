import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'A parent that is missing is taken for finished: nobody repairs what was lost of it.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['missing-parent-finished']?.() ?? {} }),
};
