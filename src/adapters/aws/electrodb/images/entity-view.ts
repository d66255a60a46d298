import type { EntityView } from '../../../../application/ports/image-repository.ts';
import { Fault } from '../../../../domain/fault.ts';
import { type Entity, type Member, pointedBy } from '../../../../domain/pointer.ts';
import { attributesOf, canBeMember, type TableRow } from './entity-rows.ts';
import { revisionOf } from './pointer-transaction.ts';

/** An entity as its pointer and its newest row show it; its target only where that is the newest. */
export function viewOf(
  entity: Entity,
  pointer: TableRow | undefined | Fault,
  newest: Member | undefined | Fault,
): EntityView | Fault {
  if (Fault.is(pointer)) return pointer;
  if (Fault.is(newest)) return newest;
  const current = pointer && pointedBy(entity.model, attributesOf(pointer));
  return {
    entity,
    newest,
    current,
    target: current !== undefined && current.sort === newest?.sort ? newest : undefined,
    revision: pointer && JSON.stringify(revisionOf(entity.model, pointer)),
  };
}

export interface ViewWithPointer extends EntityView {
  readonly current: Member;
}

/** The pointer points to a row that has not been read yet. */
export function pointsElsewhere(view: EntityView | Fault): view is ViewWithPointer {
  return (
    !Fault.is(view) &&
    view.current !== undefined &&
    view.current.sort !== view.newest?.sort &&
    canBeMember(view.entity.model, view.current.sort)
  );
}
