import type { Fault } from '../../domain/fault.ts';
import type { ItemKey } from '../../domain/row.ts';
import type { Attributes } from '../../domain/value.ts';

/** The rows of the table, as they are now. */
export abstract class SourceRows {
  /**
   * Reads rows by their keys, consistently. One result per key, in the order given: undefined where there is no row; keys are
   * among the attributes. A Fault where that cannot be told. Rejects once `signal` is aborted; no further request starts then.
   */
  abstract read(
    keys: readonly ItemKey[],
    signal?: AbortSignal,
  ): Promise<readonly (Attributes | undefined | Fault)[]>;
}
