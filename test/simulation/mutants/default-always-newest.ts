import { portsWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// No rule about images says which default is right when there are several; the rule is about what was there before.
export const mutant: Mutant = {
  mistake: 'A valid default is given up as soon as there is a newer image.',
  variant: () => ({
    ports: (ports) =>
      portsWith(ports, {
        'images.load': (load) => (entities, signal) =>
          load(
            entities.map(({ model, parts }) => ({ model: { ...model, choose: 'newest' as const }, parts })),
            signal,
          ),
      }),
  }),
};
