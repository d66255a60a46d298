import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { withFilledCounts } from './parts/fill-counts.ts';

export const mutant: Mutant = {
  mistake:
    'A backfill writes what it has decided whatever the state is by then: what others counted meanwhile is forgotten.',
  of: 'shop',
  commands: true,
  variant: () => ({
    commands: (ports, command) =>
      command !== 'backfill'
        ? ports
        : withFilledCounts(ports, {
            startsFrom: (from, stored) =>
              stored && {
                version: stored.version,
                contributions: from?.contributions ?? [],
                removed: stored.removed,
              },
          }),
  }),
};
