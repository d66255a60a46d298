import type { TableDefinition } from '../../domain/definition/define-table.ts';
import type { Attributes } from '../../domain/value.ts';
import type { MadeItem } from './make-items.ts';
import { isTaken } from './refusal.ts';

/** The item with those of its rows that another definition of its table takes, too; none where there are none. */
export function takenBy({ model }: TableDefinition, item: MadeItem): readonly MadeItem[] {
  const row = model.rowOf(item.key.partition, item.key.sort);
  const is = row === undefined ? 'other' : 'malformed' in row ? 'malformed' : 'row';
  // A row that only one of them derives something from is nothing to the other.
  if (item.is !== is && item.is !== 'row') return [];
  if (row === undefined || 'malformed' in row) return [item];
  const taken: Attributes[] = [];
  const rows = item.rows.filter(({ attributes }) => {
    if (!isTaken(row, attributes, taken)) return false;
    taken.push(attributes);
    return true;
  });
  return rows.length === 0 ? [] : [{ ...item, rows }];
}
