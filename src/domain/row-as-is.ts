import type { Change } from './change.ts';
import { itemKey, keyOf, type Row } from './row.ts';
import type { Attributes } from './value.ts';
import { FIRST_FILL } from './version.ts';

/**
 * A row as it is, in the form of a change: as if it had just been put, or removed. The same for each reading of a row, so that
 * whoever is given it a second time can know.
 *
 * @param attributes undefined where there is no such row.
 */
export function rowAsIs(row: Row, attributes: Attributes | undefined): Change {
  const item = itemKey(keyOf(row));
  return {
    identity: { stream: 'fill', sequence: item },
    version: FIRST_FILL,
    item,
    row,
    operation: attributes === undefined ? 'REMOVE' : 'INSERT',
    before: 'absent',
    after: attributes ?? 'absent',
    origin: 'user',
  };
}
