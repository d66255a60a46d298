import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'Children are begun at the latest record: what they have by then is never read.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['children-at-latest']?.() ?? {} }),
};
