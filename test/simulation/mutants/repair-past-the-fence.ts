import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { portsWith } from '../../../src/simulation/world/ports.ts';

export const mutant: Mutant = {
  mistake:
    'A repair sends documents as newer than all that the stream has: changes that come after it are dropped as late.',
  commands: true,
  variant: () => ({
    commands: (ports, command) =>
      command !== 'repair'
        ? ports
        : {
            ...ports,
            worker: portsWith(ports.worker, {
              'queue.send': (send) => (actions, signal) =>
                send(
                  actions.map((action) => ({
                    ...action,
                    version: { ...action.version, generation: action.version.generation + 1 },
                  })),
                  signal,
                ),
            }),
          },
  }),
};
