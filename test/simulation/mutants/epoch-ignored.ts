import { compareSequences } from '../../../src/domain/version.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { comparedBy } from './parts/compared-by.ts';

export const mutant: Mutant = {
  mistake:
    "Versions are compared without their stream, although a new stream's numbers may begin below the old one's.",
  variant: () => comparedBy((a, b) => compareSequences(a.sequence, b.sequence)),
};
