import { RunEffects } from '../../../src/application/run-effects.ts';
import type { TimeLimit } from '../../../src/application/time-limit.ts';
import { groupBy, newest } from '../../../src/domain/coalesce.ts';
import type { RunEffectCommand } from '../../../src/domain/command.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'Of several changes of a row in a batch, an effect runs for the newest alone, as documents are sent.',
  of: 'shop',
  variant: () => ({ effects: (deps) => new Coalescing(deps) }),
};

class Coalescing extends RunEffects {
  override execute(commands: readonly RunEffectCommand[], limit: TimeLimit) {
    const groups = groupBy(commands, ({ model, change }) => `${model.name} ${change.item}`);
    return super.execute(Array.from(groups.values(), newest), limit);
  }
}
