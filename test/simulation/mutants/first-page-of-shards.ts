import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { READER_MUTANTS } from '../../application/read-stream/reader-mutants.ts';

export const mutant: Mutant = {
  mistake: 'Only the first page of shards is read: those on the next ones are never.',
  read: 'processes',
  variant: () => ({ reader: () => READER_MUTANTS['first-page-of-shards']?.() ?? {} }),
};
