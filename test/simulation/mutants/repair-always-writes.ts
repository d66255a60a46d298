import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../runs/variant.ts';
import { imagesWith } from './parts/ports-with.ts';

// Every write of a default row is a record of the table's own stream: the worker would feed itself.
export const mutant: Mutant = {
  mistake: 'A default row is rewritten also when it is as it must be.',
  variant: () => ({
    ports: (ports) => ({
      ...ports,
      images: imagesWith(ports.images, {
        load: async (entities, signal) => {
          const views = await ports.images.load(entities, signal);
          return views.map((view) =>
            Fault.is(view) || view.current === undefined
              ? view
              : { ...view, current: { ...view.current, attributes: {} } },
          );
        },
      }),
    }),
  }),
};
