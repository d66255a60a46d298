import type { Change, Operation } from './change.ts';
import { Fault } from './fault.ts';
import type { RowModel } from './table-model.ts';

/** A stream does not carry the images that a derivation needs. */
export function viewTypeFault(derivation: string, change: Change): Fault {
  return neededBy(`the derivation ${derivation} needs more`, change);
}

/** A stream does not carry the image that tells whether a row is of a kind. */
export function kindFault({ name, when = [] }: RowModel, change: Change): Fault {
  const attributes = when.map((rule) => rule.name).join(' and ');
  return neededBy(`the row ${name} is told from others by its ${attributes}`, change);
}

/** Whoever reads a stream asks for an image that it does not carry. */
export function imageFault(name: 'before' | 'after', change: Change): Fault {
  return neededBy(`${name} is asked for`, change);
}

function neededBy(need: string, { viewType, operation }: Change): Fault {
  const carries =
    viewType === undefined
      ? `${operation === 'INSERT' ? 'an' : 'a'} ${operation} record without a StreamViewType lacks an image`
      : `the stream's view type is ${viewType}`;
  return new Fault(
    'configuration',
    `${carries}, but ${need}: set the table's StreamViewType to NEW_AND_OLD_IMAGES`,
  );
}

/**
 * Whether a derivation is for a change, by what happened to the row.
 *
 * @param on the operations that it is for; undefined for all.
 * @throws Fault `configuration` where that depends on an old image which the stream does not carry: a row of a kind that an
 *   attribute tells may have been of it before, or not.
 */
export function isOn(on: readonly Operation[] | undefined, change: Change, derivation: string): boolean {
  if (on === undefined) return true;
  const { operation, before, row } = change;
  const isIncluded = on.includes(operation);
  const isUnknown = operation === 'MODIFY' && before === 'withheld' && row.model.when !== undefined;
  if (isUnknown && on.includes('INSERT') !== isIncluded) throw viewTypeFault(derivation, change);
  return isIncluded;
}
