import type { Mutant } from '../runs/variant.ts';
import { imagesWith } from './parts/ports-with.ts';

export const mutant: Mutant = {
  mistake: 'A default row that somebody else changed in between is taken for written.',
  variant: () => ({
    ports: (ports) => ({
      ...ports,
      images: imagesWith(ports.images, {
        save: async (writes, signal) => {
          const results = await ports.images.save(writes, signal);
          return results.map((result) => (result === 'conflict' ? 'done' : result));
        },
      }),
    }),
  }),
};
