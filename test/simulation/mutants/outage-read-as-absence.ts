import { portsWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { readAsNone } from './parts/read-as-none.ts';

// Seen in several systems: "could not be read" and "is not there" are one answer.
export const mutant: Mutant = {
  mistake:
    'Images that could not be read are taken for none, so a default row is left as it is, right or wrong.',
  variant: () => ({
    ports: (ports) =>
      portsWith(ports, {
        'images.load': (load) => async (entities, signal) =>
          readAsNone(entities, await load(entities, signal).catch(() => [])),
      }),
  }),
};
