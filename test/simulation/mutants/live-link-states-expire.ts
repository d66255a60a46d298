import { ForgetfulMatcher, LIFETIMES } from '../faults/forgetful-stores.ts';
import { DAY } from '../world/settings.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'The state of a link row that is there expires as a tombstone does, and what it counted stays counted.',
  variant: () => ({ counts: (now) => new ForgetfulMatcher(now, { ...LIFETIMES, live: DAY }) }),
};
