/** Steps of a search before it is given up. */
const MOST_STEPS = 50_000;

/**
 * Pairs what is expected with what is there, as many as possible, each with one: for each of the expected, the place of the
 * other; undefined where none is left for it.
 *
 * @param fitting for each of the expected, the places of all that fit it.
 */
export function paired(fitting: readonly (readonly number[])[]): readonly (number | undefined)[] {
  /** By place, which of the expected has it. */
  const takenBy = new Map<number, number>();
  const take = (one: number, tried: Set<number>): boolean => {
    for (const place of fitting[one] ?? []) {
      if (tried.has(place)) continue;
      tried.add(place);
      const owner = takenBy.get(place);
      // Whoever has it may do with another.
      if (owner !== undefined && !take(owner, tried)) continue;
      takenBy.set(place, one);
      return true;
    }
    return false;
  };
  for (const one of fitting.keys()) take(one, new Set());
  const places = new Map([...takenBy].map(([place, one]) => [one, place]));
  return fitting.map((_, one) => places.get(one));
}

/**
 * Whether all can be paired such that those of one group come in their order. Exact where there is one group, or where no
 * two groups want the same; otherwise a search that, given up, answers yes.
 *
 * @param groups of which group each of the expected is; undefined where its order says nothing.
 */
export function canBeInOrder(
  fitting: readonly (readonly number[])[],
  groups: readonly (string | undefined)[],
): boolean {
  const ofGroup = (group: string) => fitting.filter((_, one) => groups[one] === group);
  const known = new Set(groups.flatMap((group) => (group === undefined ? [] : [group])));
  if (![...known].every((group) => isSubsequence(ofGroup(group)))) return false;
  let steps = 0;
  const taken = new Set<number>();
  const last = new Map<string, number>();
  const search = (one: number): boolean => {
    const places = fitting[one];
    if (places === undefined || ++steps > MOST_STEPS) return true;
    const group = groups[one];
    const before = group === undefined ? -1 : (last.get(group) ?? -1);
    for (const place of places) {
      if (place <= before || taken.has(place)) continue;
      taken.add(place);
      if (group !== undefined) last.set(group, place);
      if (search(one + 1)) return true;
      taken.delete(place);
      if (group !== undefined) last.set(group, before);
    }
    return false;
  };
  return search(0);
}

/** Whether each can have a place behind that of the one before: the first that fits leaves most to the others. */
function isSubsequence(fitting: readonly (readonly number[])[]): boolean {
  let before = -1;
  return fitting.every((places) => {
    const place = places.find((one) => one > before);
    before = place ?? before;
    return place !== undefined;
  });
}
