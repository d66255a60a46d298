import type { TableDefinition } from '../../domain/definition/define-table.ts';
import type { MadeItem } from './make-items.ts';
import { changeOf, refusalOf } from './refusal.ts';

/** The item with those of its rows that another definition of its table takes, too; none where there are none. */
export function takenBy({ model }: TableDefinition, item: MadeItem): readonly MadeItem[] {
  const row = model.rowOf(item.key.partition, item.key.sort);
  const is = row === undefined ? 'other' : 'malformed' in row ? 'malformed' : 'row';
  // A row that only one of them derives something from is nothing to the other.
  if (item.is !== is && item.is !== 'row') return [];
  if (row === undefined || 'malformed' in row) return [item];
  const rows = item.rows.filter(
    ({ attributes }) => refusalOf(changeOf(row, undefined, attributes)) === undefined,
  );
  return rows.length === 0 ? [] : [{ ...item, rows }];
}
