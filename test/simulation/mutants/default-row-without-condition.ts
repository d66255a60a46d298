import type { Mutant } from '../runs/variant.ts';
import { imagesWith } from './parts/ports-with.ts';

export const mutant: Mutant = {
  mistake: 'Default rows are written without any condition, so a late write undoes a newer one.',
  variant: () => ({
    stores: (stores, table) => ({
      ...stores,
      images: imagesWith(stores.images, {
        save: (writes) =>
          Promise.resolve(
            writes.map(({ view: { entity }, image }) => {
              table.writeDefaultImage(entity, table.defaultImage(entity)?.revision, image);
              return 'done';
            }),
          ),
      }),
    }),
  }),
};
