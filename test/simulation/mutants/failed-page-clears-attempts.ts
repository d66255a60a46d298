import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// How often something failed shows in nothing but the pauses.
export const mutant: Mutant = {
  mistake:
    'An answer that reports failures clears the counter of attempts: what fails is tried at the same pace for ever.',
  read: 'processes',
  variant: () => ({ reader: () => ({ options: (options) => ({ ...options, retryMs: 100 }) }) }),
};
