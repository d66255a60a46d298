import { ForgetfulFences } from '../../../src/simulation/faults/forgetful-stores.ts';
import { DAY } from '../../../src/simulation/world/settings.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'The fence of a deleted document is forgotten after a day, so a record redriven later brings it back.',
  variant: () => ({ fences: (now) => new ForgetfulFences(now, { removed: DAY, live: Infinity }) }),
};
