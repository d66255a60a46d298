import type { EntityView } from '../../../src/application/ports/image-repository.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Entity } from '../../../src/domain/row.ts';
import type { Mutant } from '../runs/variant.ts';
import { imagesWith } from './parts/ports-with.ts';

// The rarer half of outage-read-as-absence: the request succeeds, and an entry of its response has failed.
export const mutant: Mutant = {
  mistake: 'Of several entities, one whose images could not be read is taken for one without images.',
  variant: () => ({
    ports: (ports) => ({
      ...ports,
      images: imagesWith(ports.images, {
        load: async (entities, signal) => {
          const views = await ports.images.load(entities, signal);
          return entities.map((entity, index) => {
            const view = views[index];
            return view === undefined || Fault.is(view) ? nothingOf(entity) : view;
          });
        },
      }),
    }),
  }),
};

function nothingOf(entity: Entity): EntityView {
  return { entity, newest: undefined, current: undefined, pointed: undefined, revision: undefined };
}
