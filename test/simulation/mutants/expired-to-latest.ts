import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'An iterator that is too old is replaced by the latest: what was between is lost.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['expired-to-latest']?.() ?? {} }),
};
