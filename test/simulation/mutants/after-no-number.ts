import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'Records after a number are asked for, without one.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['after-no-number']?.() ?? {} }),
};
