import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'The checkpoint is the highest record that is handled: those before it that are not are lost.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['highest-acknowledged']?.() ?? {} }),
};
