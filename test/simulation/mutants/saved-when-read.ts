import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'The checkpoint is saved when a record is read: what is not handled by a crash is lost.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['saved-when-read']?.() ?? {} }),
};
