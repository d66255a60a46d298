import type { EntityView } from '../../../../application/ports/image-repository.ts';
import { Fault } from '../../../../domain/fault.ts';
import { type Entity, type Member, pointedBy } from '../../../../domain/pointer.ts';
import { attributesOf, canBeMember, type TableRow } from './entity-rows.ts';
import { revisionOf } from './pointer-transaction.ts';

export type View = EntityView | Fault;

/** An entity as its pointer alone shows it. */
export function viewOf(entity: Entity, pointer: TableRow | undefined): EntityView {
  return {
    entity,
    newest: undefined,
    current: pointer && pointedBy(entity.model, attributesOf(pointer)),
    target: undefined,
    revision: pointer && JSON.stringify(revisionOf(entity.model, pointer)),
  };
}

export interface ViewWithPointer extends EntityView {
  readonly current: Member;
}

/** Whether the pointer points to what can be a row of the entity. */
export function pointsSomewhere(view: View): view is ViewWithPointer {
  return !Fault.is(view) && view.current !== undefined && canBeMember(view.entity.model, view.current.sort);
}

/** Whether the newest row decides, whatever becomes of the row that the pointer points to. */
export function needsNewest(view: View): view is EntityView {
  return !Fault.is(view) && (view.entity.model.choose === 'newest' || !pointsSomewhere(view));
}

/** A view with the rows that were read for it. */
export function completed(
  view: View,
  target: Member | undefined | Fault,
  newest: Member | undefined | Fault,
): View {
  if (Fault.is(view)) return view;
  if (Fault.is(target)) return target;
  if (Fault.is(newest)) return newest;
  // Of two reads of one row either will do: what is written is on condition that the row is still so.
  const isNewest = newest !== undefined && view.current?.sort === newest.sort;
  return { ...view, newest, target: isNewest ? newest : target };
}
