import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { stateKey } from '../../../src/simulation/world/state-key.ts';
import { RuledCounts } from './parts/ruled-counts.ts';

export const mutant: Mutant = {
  mistake:
    'States go by where the counts stand: where a definition moves those, each row is counted once more.',
  of: 'shop',
  variant: () => ({
    counts: () => new RuledCounts({ keyOf: (row) => `${stateKey(row)} ${row.model.partition.text}` }),
  }),
};
