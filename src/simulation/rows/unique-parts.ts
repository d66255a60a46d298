import type { TableDefinition } from '../../domain/definition/define-table.ts';
import { Fault } from '../../domain/fault.ts';
import { kindsOf } from '../../domain/roles.ts';
import type { MadeItem } from './make-items.ts';

/** By kinds of rows, parts of their keys that together no two rows of the kind share, such as an id. */
export type UniqueParts = Readonly<Record<string, readonly string[]>>;

/**
 * The items without those that share such parts with one before them.
 *
 * @throws Fault `configuration` for a kind or a part that the definition does not have.
 */
export function withUniqueParts(
  { model }: TableDefinition,
  items: readonly MadeItem[],
  unique: UniqueParts,
): readonly MadeItem[] {
  const kinds = model.rows.filter(({ derivedBy }) => derivedBy === undefined);
  for (const [name, parts] of Object.entries(unique)) {
    const kind = kinds.find((one) => one.name === name);
    if (kind === undefined)
      throw wrong(
        name,
        'is no kind of row',
        kinds.map((one) => one.name),
      );
    const part = parts.find((one) => !kind.names.includes(one));
    if (part !== undefined) throw wrong(`${name}: ${part}`, 'is no part of its key', kind.names);
  }
  const seen = new Set<string>();
  return items.filter(({ key }) => {
    const row = model.rowOf(key.partition, key.sort);
    if (row === undefined || 'malformed' in row) return true;
    const own = kindsOf(row).flatMap(({ model: kind, parts }) => {
      const asked = Object.hasOwn(unique, kind.name) ? unique[kind.name] : undefined;
      const values = asked?.map((part) => parts[kind.names.indexOf(part)]);
      return values === undefined ? [] : [JSON.stringify([kind.name, ...values])];
    });
    const isNew = own.every((one) => !seen.has(one));
    for (const one of own) seen.add(one);
    return isNew;
  });
}

function wrong(what: string, problem: string, known: readonly string[]): Fault {
  return new Fault('configuration', `unique: ${what} ${problem}; there are ${known.join(', ')}`);
}
