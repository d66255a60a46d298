import { type Attempted, EffectSettler } from '../../../src/application/retry.ts';
import type { TimeLimit } from '../../../src/application/time-limit.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'A record whose effect met a transient fault goes to quarantine, as if it could never be handled.',
  variant: () => ({ settler: (...parts) => new Despairing(...parts) }),
};

class Despairing extends EffectSettler {
  override async settle<T>(
    items: readonly T[],
    attempt: (pending: readonly T[], signal: AbortSignal) => Promise<readonly Attempted[]>,
    limit: TimeLimit,
  ) {
    const faults = await super.settle(items, attempt, limit);
    return faults.map(
      (fault) => fault && new Fault('permanent', `given up: ${fault.message}`, { cause: fault }),
    );
  }
}
