import { type Attempted, EffectSettler } from '../../../src/application/retry.ts';
import type { TimeLimit } from '../../../src/application/time-limit.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'What fails is tried again a few times, then caught and forgotten.',
  variant: () => ({ settler: (...parts) => new Swallowing(...parts) }),
};

class Swallowing extends EffectSettler {
  override async settle<T>(
    items: readonly T[],
    attempt: (pending: readonly T[], signal: AbortSignal) => Promise<readonly Attempted[]>,
    limit: TimeLimit,
  ) {
    const faults = await super.settle(items, attempt, limit);
    return faults.map(() => undefined);
  }
}
