import { Fault } from '../../../domain/fault.ts';
import type { KeySchema } from '../../../domain/table-model.ts';
import type { RawKey } from './batch-get.ts';

/** DynamoDB's bounds on keys, in bytes of UTF-8. */
export const MAX_KEY_BYTES = { partition: 2_048, sort: 1_024 };

/**
 * A permanent Fault for a row whose key is longer than DynamoDB takes; undefined for all others.
 *
 * @param what what to call the row, and, with an attribute of its key, its owner.
 * @param keys which attribute of the key is which; undefined where that is not known.
 */
export function oversizeFault(
  what: { readonly row: string; readonly owner: string },
  key: RawKey,
  keys: KeySchema | undefined,
): Fault | undefined {
  for (const [name, text] of Object.entries(key)) {
    const bytes = Buffer.byteLength(text);
    const most = MAX_KEY_BYTES[name === keys?.sort ? 'sort' : 'partition'];
    if (bytes > most)
      return new Fault(
        'permanent',
        `${what.row} cannot be stored: its ${name}, ${text.slice(0, 60)}…, is ${bytes} bytes, and DynamoDB accepts ${most}`,
        { reason: `${what.owner} ${name} is longer than DynamoDB accepts` },
      );
  }
  return undefined;
}
