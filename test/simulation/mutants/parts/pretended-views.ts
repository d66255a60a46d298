import type { EntityView, ImageRepository } from '../../../../src/application/ports/image-repository.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { imagesWith } from './ports-with.ts';

/** Images that a worker decides on as if it had read something else, while it writes on what it has read. */
export function pretendedViews(
  images: ImageRepository,
  pretend: (view: EntityView) => EntityView,
): ImageRepository {
  const asRead = new WeakMap<EntityView, EntityView>();
  return imagesWith(images, {
    load: async (entities, signal) => {
      const views = await images.load(entities, signal);
      return views.map((view) => {
        if (Fault.is(view)) return view;
        const pretended = pretend(view);
        asRead.set(pretended, view);
        return pretended;
      });
    },
    save: (writes, signal) =>
      images.save(
        writes.map(({ view, image }) => ({ view: asRead.get(view) ?? view, image })),
        signal,
      ),
  });
}
