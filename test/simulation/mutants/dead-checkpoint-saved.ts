import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'A checkpoint whose records are gone is saved again and again.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['dead-checkpoint-saved']?.() ?? {} }),
};
