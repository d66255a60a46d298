import type { EntityView } from '../../../../src/application/ports/image-repository.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import type { Entity } from '../../../../src/domain/pointer.ts';

/** What was read of entities, with those that were not taken for entities without images. */
export function readAsNone(
  entities: readonly Entity[],
  views: readonly (EntityView | Fault)[],
): readonly EntityView[] {
  return entities.map((entity, index) => {
    const view = views[index];
    return view === undefined || Fault.is(view)
      ? { entity, newest: undefined, current: undefined, target: undefined, revision: undefined }
      : view;
  });
}
