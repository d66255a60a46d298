import type { Change } from '../../domain/change.ts';

/** The table's rows, for backends that are not the table's own. */
export abstract class TableReplica {
  /**
   * Whether it may lack rows that only effects look at, where the stream does not carry them: it is not told of those
   * changes. Otherwise they fail.
   */
  get mayLackRows(): boolean {
    return false;
  }

  /**
   * Applies the changes' new images. A change that is not newer than the row's last applied change is skipped, so
   * repeats and late records are harmless. Rows that Contrail itself derives elsewhere are not kept.
   *
   * @returns the changes whose old image is not the row as the replica had it, also when they are delivered again: a
   *   feed may begin in the middle of a table's life, and changes may be missing. What was derived from such a row need
   *   not be what its old image asks for.
   * @throws Fault where it cannot be told that all are applied: some may be. `permanent` where what one of the changes holds can
   *   never be kept, which may not say which: whoever calls gives it fewer at a time.
   */
  abstract apply(changes: readonly Change[]): Promise<readonly Change[]>;
}
