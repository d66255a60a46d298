import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'Sequence numbers are compared as texts: longer ones are taken for earlier.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['numbers-as-texts']?.() ?? {} }),
};
