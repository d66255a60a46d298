import type { EntityView } from '../../../src/application/ports/image-repository.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Entity } from '../../../src/domain/row.ts';
import type { Mutant } from '../runs/variant.ts';
import { imagesWith } from './parts/ports-with.ts';

// Seen in several systems: "could not be read" and "is not there" are one answer.
export const mutant: Mutant = {
  mistake:
    'Images that could not be read are taken for none, so a default row is left as it is, right or wrong.',
  variant: () => ({
    ports: (ports) => ({
      ...ports,
      images: imagesWith(ports.images, {
        load: async (entities, signal) => {
          const views = await ports.images.load(entities, signal).catch(() => []);
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
