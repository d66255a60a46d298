import type { EntityView } from '../../../../src/application/ports/image-repository.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { type Ports, portsWith } from '../../../../src/simulation/world/ports.ts';

/** Ports of a worker that decides on images as if it had read something else, while it writes on what it has read. */
export function pretendedViews(ports: Ports, pretend: (view: EntityView) => EntityView): Ports {
  const asRead = new WeakMap<EntityView, EntityView>();
  return portsWith(ports, {
    'images.load': (load) => async (entities, signal) => {
      const views = await load(entities, signal);
      return views.map((view) => {
        if (Fault.is(view)) return view;
        const pretended = pretend(view);
        asRead.set(pretended, view);
        return pretended;
      });
    },
    'images.save': (save) => (writes, signal) =>
      save(
        writes.map(({ view, member }) => ({ view: asRead.get(view) ?? view, member })),
        signal,
      ),
  });
}
