import { portsWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { readAsNone } from './parts/read-as-none.ts';

// The rarer half of outage-read-as-absence: the request succeeds, and an entry of its response has failed.
export const mutant: Mutant = {
  mistake: 'Of several entities, one whose images could not be read is taken for one without images.',
  variant: () => ({
    ports: (ports) =>
      portsWith(ports, {
        'images.load': (load) => async (entities, signal) =>
          readAsNone(entities, await load(entities, signal)),
      }),
  }),
};
