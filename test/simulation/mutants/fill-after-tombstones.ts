import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { uncounted, withFilledCounts } from './parts/fill-counts.ts';

export const mutant: Mutant = {
  mistake:
    'Tombstones are dropped before the backfill has ended: a row that it read is counted, although its removal was handled since.',
  of: 'shop',
  commands: true,
  variant: () => ({
    commands: (ports, command) =>
      command !== 'backfill'
        ? ports
        : withFilledCounts(ports, {
            isSeen: ({ removed }) => !removed,
            startsFrom: (from, stored) =>
              from === undefined && stored?.removed === true ? { ...uncounted(stored), removed: true } : from,
          }),
  }),
};
