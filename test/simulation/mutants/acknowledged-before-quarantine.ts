import { portsWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'Poison is acknowledged before the quarantine has answered that it has it.',
  variant: () => ({
    ports: (ports) =>
      portsWith(ports, {
        'quarantine.keep': (keep) => (records, signal) => {
          keep(records, signal).catch(() => undefined);
          return Promise.resolve(records.map(() => 'done'));
        },
      }),
  }),
};
