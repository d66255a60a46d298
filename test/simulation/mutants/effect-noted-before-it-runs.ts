import { RunEffects, type RunEffectsDependencies } from '../../../src/application/run-effects.ts';
import type { RunEffectCommand } from '../../../src/domain/command.ts';
import type { TimeLimit } from '../../../src/application/time-limit.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// What one would write to have it run once at most: then it may never run.
export const mutant: Mutant = {
  mistake: 'It is noted that an effect has run before it runs: after a crash in between, it never does.',
  of: 'shop',
  variant: () => ({ effects: (deps) => new NotedFirst(deps) }),
};

class NotedFirst extends RunEffects {
  readonly #log: RunEffectsDependencies['log'];

  constructor(deps: RunEffectsDependencies) {
    super(deps);
    this.#log = deps.log;
  }

  override async execute(commands: readonly RunEffectCommand[], limit: TimeLimit) {
    for (const { model, change } of commands) {
      const source = { model, row: change.row };
      const [state] = await this.#log.load([source], limit.signal).catch(() => []);
      const { version } = change;
      if (state === undefined)
        await this.#log
          .advance([{ source, from: undefined, to: { version, removed: false } }], limit.signal)
          .catch(() => []);
    }
    return super.execute(commands, limit);
  }
}
