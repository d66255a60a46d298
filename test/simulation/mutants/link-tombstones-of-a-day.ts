import { ForgetfulMatcher } from '../../../src/simulation/faults/forgetful-stores.ts';
import { LIFETIMES } from '../../../src/simulation/faults/lifetimes.ts';
import { DAY } from '../../../src/simulation/world/settings.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// As long as a stream keeps its records. Dead letters are kept for 14 days, and redriven.
export const mutant: Mutant = {
  mistake:
    'The state of a removed link row is kept for a day, so a record redriven later counts the row again.',
  variant: () => ({ counts: (now) => new ForgetfulMatcher(now, { ...LIFETIMES, removed: DAY }) }),
};
