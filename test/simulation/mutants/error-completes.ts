import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'Any error of an iterator completes the shard: what is left of it is lost.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['error-completes']?.() ?? {} }),
};
