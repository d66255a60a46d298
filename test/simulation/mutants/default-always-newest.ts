import type { EntityView } from '../../../src/application/ports/image-repository.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../variant.ts';
import { imagesWith } from './parts/ports-with.ts';

// No rule about images says which default is right when there are several; the rule is about what was there before.
export const mutant: Mutant = {
  mistake: 'A valid default is given up as soon as there is a newer image.',
  variant: () => {
    const asRead = new WeakMap<EntityView, EntityView>();
    return {
      ports: (ports) => ({
        ...ports,
        images: imagesWith(ports.images, {
          load: async (entities, signal) => {
            const views = await ports.images.load(entities, signal);
            return views.map((view) => {
              if (view instanceof Fault || view.newest?.imageId === view.pointed?.imageId) return view;
              const pretended = { ...view, pointed: undefined };
              asRead.set(pretended, view);
              return pretended;
            });
          },
          save: (writes, signal) =>
            ports.images.save(
              writes.map(({ view, image }) => ({ view: asRead.get(view) ?? view, image })),
              signal,
            ),
        }),
      }),
    };
  },
};
