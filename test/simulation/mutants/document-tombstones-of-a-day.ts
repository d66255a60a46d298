import { ForgetfulIndex } from '../faults/forgetful-stores.ts';
import { DAY } from '../world/settings.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'The index forgets the version of a deleted document after a day, so a record redriven later brings it back.',
  variant: () => ({ index: (now) => new ForgetfulIndex(now, { removed: DAY, live: Infinity }) }),
};
