import { ForgetfulMatcher } from '../../../src/simulation/faults/forgetful-stores.ts';
import { LIFETIMES } from '../../../src/simulation/faults/lifetimes.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'The state of a removed link row goes with it, so a late record counts the row again.',
  variant: () => ({ counts: (now) => new ForgetfulMatcher(now, { ...LIFETIMES, removed: 0 }) }),
};
