import type { Change } from './change.ts';
import { compareVersions } from './version.ts';

/** An array with at least one item. */
export type NonEmpty<T> = readonly [T, ...T[]];

/** Items by key: keys in order of first appearance, the items of each in the order given. */
export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, NonEmpty<T>> {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** The command whose change is the newest, whatever order they were delivered in. */
export function newest<T extends { readonly change: Change }>(commands: NonEmpty<T>): T {
  return commands.reduce(newer);
}

/** The command whose change is the newer; of two that are equally new, the first. */
export function newer<T extends { readonly change: Change }>(a: T, b: T): T {
  return compareVersions(b.change.version, a.change.version) > 0 ? b : a;
}
