import { type EffectsResult, RunEffects } from '../../../src/application/run-effects.ts';
import type { TimeLimit } from '../../../src/application/time-limit.ts';
import type { RunEffectCommand } from '../../../src/domain/command.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'Effects run for all changes of a batch at once, also for those of one row.',
  of: 'shop',
  variant: () => ({ effects: (deps) => new Parallel(deps) }),
};

class Parallel extends RunEffects {
  override async execute(commands: readonly RunEffectCommand[], limit: TimeLimit): Promise<EffectsResult> {
    const results = await Promise.all(commands.map((command) => super.execute([command], limit)));
    const none = await super.execute([], limit);
    return { ...none, failed: new Map(results.flatMap(({ failed }) => [...failed])) };
  }
}
