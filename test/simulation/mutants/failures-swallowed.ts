import { type Attempt, Retrier } from '../../../src/application/retry.ts';
import type { TimeLimit } from '../../../src/application/time-limit.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'What fails is tried again a few times, then caught and forgotten.',
  variant: () => ({ retrier: (...parts) => new Swallowing(...parts) }),
};

class Swallowing extends Retrier {
  override async run<T>(items: readonly T[], attempt: Attempt<T>, limit: TimeLimit) {
    const faults = await super.run(items, attempt, limit);
    return faults.map(() => undefined);
  }
}
