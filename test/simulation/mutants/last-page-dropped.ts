import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'Records on the last page of a shard are dropped, as it is over.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['last-page-dropped']?.() ?? {} }),
};
