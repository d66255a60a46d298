import type { ItemKey } from '../../domain/row.ts';
import type { KeySchema } from '../../domain/table-model.ts';
import type { Value } from '../../domain/value.ts';

/** A row as it was seen. */
export interface SampledRow {
  readonly key: ItemKey;
  /** Undefined where only the key was seen. */
  readonly attributes: ReadonlyMap<string, Value> | undefined;
}

/** Rows of a table; one row may be seen several times, as it was at different moments. */
export interface Sample {
  readonly keys: KeySchema;
  readonly rows: readonly SampledRow[];
}
