import type { Change } from './change.ts';
import { Fault } from './fault.ts';

/** A stream does not carry the images that a derivation needs. */
export function viewTypeFault(derivation: string, { viewType, operation }: Change): Fault {
  const carries =
    viewType === undefined
      ? `${operation === 'INSERT' ? 'an' : 'a'} ${operation} record without a StreamViewType lacks an image`
      : `the stream's view type is ${viewType}`;
  return new Fault(
    'configuration',
    `${carries}, but the derivation ${derivation} needs more: set the table's StreamViewType to NEW_AND_OLD_IMAGES`,
  );
}
