import { portsWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// What one would write first. A write that arrives late may meet a default row that looks unchanged, beside images
// that have come or gone since: a late create, remove or repair.
export const mutant: Mutant = {
  mistake:
    'Default rows are written on their own revision alone, whatever has become of the images that decided it.',
  variant: () => ({
    stores: (stores, table) =>
      portsWith(stores, {
        'images.save': () => async (writes) =>
          writes.map(({ view: { entity, revision }, member }) =>
            table.writePointer(entity, revision, member) ? 'done' : 'conflict',
          ),
      }),
  }),
};
