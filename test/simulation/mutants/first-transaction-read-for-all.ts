import type { Mutant } from '../runs/variant.ts';
import { imagesWith, matcherWith } from './parts/ports-with.ts';

export const mutant: Mutant = {
  mistake: 'What became of the first of several transactions is taken for what became of all.',
  variant: () => ({
    ports: (ports) => ({
      ...ports,
      images: imagesWith(ports.images, {
        save: async (writes, signal) => {
          const results = await ports.images.save(writes, signal);
          return results.map((result) => results[0] ?? result);
        },
      }),
      matcher: matcherWith(ports.matcher, async (moves, signal) => {
        const results = await ports.matcher.apply(moves, signal);
        return results.map((result) => results[0] ?? result);
      }),
    }),
  }),
};
