import { portsWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'Default rows are written without any condition, so a late write undoes a newer one.',
  variant: () => ({
    stores: (stores, table) =>
      portsWith(stores, {
        'images.save': () => async (writes) =>
          writes.map(({ view: { entity }, member }) => {
            table.writePointer(entity, table.pointer(entity)?.revision, member);
            return 'done';
          }),
      }),
  }),
};
