import { ForgetfulMatcher } from '../../../src/simulation/faults/forgetful-stores.ts';
import { LIFETIMES } from '../../../src/simulation/faults/lifetimes.ts';
import { DAY } from '../../../src/simulation/world/settings.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'The state of a link row that is there expires as a tombstone does, and what it counted stays counted.',
  variant: () => ({ counts: (now) => new ForgetfulMatcher(now, { ...LIFETIMES, live: DAY }) }),
};
