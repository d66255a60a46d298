import { ForgetfulIndex } from '../../../src/simulation/faults/forgetful-stores.ts';
import { DAY } from '../../../src/simulation/world/settings.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'The index forgets the version of a deleted document after a day, so a record redriven later brings it back.',
  variant: () => ({ index: (now) => new ForgetfulIndex(now, { removed: DAY, live: Infinity }) }),
};
