/** Items in groups of which no two have a key in common, as small as that allows. Those without keys are each by themselves. */
export function connected<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): T[][] {
  const parents = new Map<string, string>();
  const rootOf = (key: string): string => {
    let root = key;
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
    // The next one need not go all the way.
    if (root !== key) parents.set(key, root);
    return root;
  };
  for (const item of items) {
    const [first, ...others] = keysOf(item);
    if (first === undefined) continue;
    for (const other of others) {
      const [root, joined] = [rootOf(first), rootOf(other)];
      if (root !== joined) parents.set(joined, root);
    }
  }
  const groups = new Map<string | T, T[]>();
  for (const item of items) {
    const [first] = keysOf(item);
    const name = first === undefined ? item : rootOf(first);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
