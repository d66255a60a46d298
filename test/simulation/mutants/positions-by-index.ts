import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'Positions are counted by index: once records leave the stream, others are skipped.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['positions-by-index']?.() ?? {} }),
};
