import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { uncounted, withFilledCounts } from './parts/fill-counts.ts';

export const mutant: Mutant = {
  mistake: 'A backfill that begins again counts the rows once more that it had filled before it ended.',
  of: 'shop',
  commands: true,
  variant: () => ({
    commands: (ports, command) =>
      command !== 'backfill'
        ? ports
        : withFilledCounts(ports, {
            isSeen: ({ version }) => version.fill === undefined,
            startsFrom: (from, stored) =>
              from === undefined && stored?.version.fill !== undefined ? uncounted(stored) : from,
          }),
  }),
};
