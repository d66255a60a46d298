import { isObject, type Json } from './json.ts';

/** How often a smaller case is tried at most. */
const ATTEMPTS = 1_500;
/** Parts of a record that are looked at, and how deep. */
const MAX_PATHS = 300;
const MAX_LEVELS = 8;

type Path = readonly string[];

/** Leaves out records, then parts of records, as long as the case still fails. */
export async function shrink<T extends { readonly record: Json }>(
  entries: readonly T[],
  fails: (entries: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let best = entries;
  let left = ATTEMPTS;
  const accept = async (smaller: readonly T[]) => {
    if (left-- <= 0 || smaller.length === 0 || !(await fails(smaller))) return false;
    best = smaller;
    return true;
  };

  for (let size = Math.ceil(best.length / 2); ; size = Math.ceil(size / 2)) {
    for (let at = 0; at < best.length;)
      if (!(await accept(best.filter((_, index) => index < at || index >= at + size)))) at += size;
    if (size <= 1) break;
  }
  for (let index = 0; index < best.length; index++) {
    let paths = pathsOf(best[index]!.record);
    for (let at = 0; at < paths.length;) {
      const record = without(best[index]!.record, paths[at]!);
      if (await accept(best.map((entry, other) => (other === index ? { ...entry, record } : entry))))
        paths = pathsOf(record);
      else at++;
    }
  }
  return best;
}

/** Where a record has parts, the outermost first. */
function pathsOf(record: Json): Path[] {
  const paths: Path[] = [[]];
  for (const path of paths) {
    if (path.length >= MAX_LEVELS || paths.length >= MAX_PATHS) continue;
    const part = path.reduce<Json>((value, name) => (value as Record<string, Json>)[name]!, record);
    if (isObject(part) || Array.isArray(part))
      for (const name of Object.keys(part).slice(0, 30)) paths.push([...path, name]);
  }
  return paths.slice(1);
}

function without(value: Json, [name, ...rest]: Path): Json {
  if (Array.isArray(value))
    return rest.length === 0
      ? value.filter((_, index) => index !== Number(name))
      : value.map((element, index) => (index === Number(name) ? without(element, rest) : element));
  // From entries, so that a member named __proto__ stays a member.
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([key, member]: [string, Json]) => {
      if (key !== name) return [[key, member]];
      return rest.length === 0 ? [] : [[key, without(member, rest)]];
    }),
  );
}
