import type { ItemKey } from '../../domain/row.ts';
import type { Attributes } from '../../domain/value.ts';

/** What a write of the worker made of a row of the table; undefined where there was, or is, none. */
export interface TableWrite {
  readonly at: ItemKey;
  readonly before: Attributes | undefined;
  readonly after: Attributes | undefined;
}
