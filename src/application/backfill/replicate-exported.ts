import { Fault } from '../../domain/fault.ts';
import { rowAsIs } from '../../domain/row-as-is.ts';
import type { TableModel } from '../../domain/table-model.ts';
import { fillVersion } from '../../domain/version.ts';
import type { TableReplica } from '../ports/table-replica.ts';
import type { ScannedRow } from '../ports/table-scan.ts';
import { replicate } from '../replicate.ts';
import type { Retrier } from '../retry.ts';
import { NO_LIMIT } from '../time-limit.ts';

export interface ReplicatingParts {
  readonly replica: TableReplica;
  readonly model: TableModel;
  readonly retrier: Retrier;
}

/**
 * Brings rows of an export into the table's replica where that has nothing of them: every change that it was told of is newer. What is derived of
 * them is read from there later.
 *
 * @param at of when the rows are, in milliseconds since 1970.
 * @returns why it cannot keep rows, by their items.
 * @throws Fault where it cannot be written, whatever is tried.
 */
export async function replicateExported(
  { replica, model, retrier }: ReplicatingParts,
  rows: readonly ScannedRow[],
  at: number,
): Promise<ReadonlyMap<string, Fault>> {
  const version = fillVersion(undefined, at);
  const changes = rows.flatMap(({ key: { partition, sort }, attributes }) => {
    const row = model.rowOf(partition, sort);
    // Those that the definition does not know are kept nowhere.
    if (row === undefined || 'malformed' in row) return [];
    try {
      attributes.all();
    } catch (error) {
      // It is refused when something is derived of it, and told of.
      if (Fault.is(error)) return [];
      throw error;
    }
    return [{ ...rowAsIs(row, attributes), version }];
  });
  const { failed } = await replicate(changes, { replica, retrier }, NO_LIMIT);
  const refused = new Map<string, Fault>();
  for (const [{ item }, fault] of failed) {
    if (fault.kind !== 'permanent') throw fault;
    refused.set(item, fault);
  }
  return refused;
}
