import { hash } from 'node:crypto';
import type { Side } from '../../../domain/change.ts';
import { canonicalAttributes } from '../../../domain/canonical-text.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Attributes } from '../../../domain/value.ts';

/** Of attributes that cannot be decoded: no row has it. */
const NONE_HAS_IT = '\\x00';

/** What tells rows' contents apart, in `bytea`'s own notation: the same for two rows exactly when they are equal. */
export function digestOf(attributes: Attributes): string {
  return `\\x${hash('sha256', canonicalAttributes(attributes), 'hex')}`;
}

/** The same of an old image; null where the row was not there, or is not shown. */
export function digestOfOld(before: Side): string | null {
  if (typeof before === 'string') return null;
  try {
    return digestOf(before);
  } catch (error) {
    if (!Fault.is(error)) throw error;
    return NONE_HAS_IT;
  }
}
