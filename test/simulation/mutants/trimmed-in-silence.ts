import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'A position that has left the stream is skipped in silence: nobody repairs what was lost.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['trimmed-in-silence']?.() ?? {} }),
};
