import { type Attempt, Retrier } from '../../../src/application/retry.ts';
import type { TimeLimit } from '../../../src/application/time-limit.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'A record whose effect met a transient fault goes to quarantine, as if it could never be handled.',
  variant: () => ({ retrier: (...parts) => new Despairing(...parts) }),
};

class Despairing extends Retrier {
  override async run<T>(items: readonly T[], attempt: Attempt<T>, limit: TimeLimit) {
    const faults = await super.run(items, attempt, limit);
    return faults.map(
      (fault) => fault && new Fault('permanent', `given up: ${fault.message}`, { cause: fault }),
    );
  }
}
