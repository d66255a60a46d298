import type { Change } from '../../domain/change.ts';

/** The table's rows, for backends that are not the table's own. */
export abstract class TableReplica {
  /**
   * Applies the changes' new images. A change that is not newer than the row's last applied change is left
   * away, so repeats and late records are harmless. Rows that Contrail itself derives elsewhere are not kept.
   */
  abstract apply(changes: readonly Change[]): Promise<void>;
}
