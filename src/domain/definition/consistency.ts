import type { RowModel } from '../table-model.ts';
import { idPattern } from './documents.ts';
import type { Derived, Draft } from './draft.ts';
import { commonKey, type Pattern } from './overlap.ts';

/** No key may be of two kinds of row. */
export function sharedKeys(kinds: readonly RowModel[]): string[] {
  return pairsOf(kinds).flatMap(([one, other]) => {
    const key = overlap(one, other);
    if (key === undefined) return [];
    const remedy = "say what their parts may hold with parts, such as { without: '#' }";
    return [`rows ${one.name} and ${other.name}: both match the key ${key}; ${remedy}`];
  });
}

/** No document may be of two derivations. */
export function sharedIds(kinds: readonly RowModel[]): string[] {
  return pairsOf(kinds.flatMap((kind) => kind.documents)).flatMap(([one, other]) => {
    const id = one.collection === other.collection ? commonKey(idPattern(one), idPattern(other)) : undefined;
    return id === undefined
      ? []
      : [
          `derivations ${one.name} and ${other.name}: both can give the id ${JSON.stringify(id)} in the collection ${one.collection}`,
        ];
  });
}

/** No row may be written by two derivations. */
export function sharedTargets(derived: readonly RowModel[]): string[] {
  return pairsOf(derived).flatMap(([one, other]) => {
    const key = overlap(one, other);
    return key === undefined
      ? []
      : [`derivations ${one.name} and ${other.name}: both can write the row ${key}`];
  });
}

/** Derived rows may be of kinds that more is derived from, but none may lead back to what it is derived from. */
export function loopsOf(kinds: readonly RowModel[], derived: readonly Derived[]): string[] {
  const problems: string[] = [];
  const said = new Set<RowModel>();
  for (const { model, from } of derived) {
    const way = wayTo(from, model, kinds, derived);
    // Each derivation of a loop leads back: it is said once.
    if (way === undefined || said.has(model)) continue;
    for (const row of way) said.add(row);
    const names = [from, ...way, from].map((row) => row.name).join(' → ');
    problems.push(
      `derivation ${model.name}: its rows lead back to ${from.name}, which they are derived from: ${names}`,
    );
  }
  return problems;
}

/** The rows over which derived ones lead to a kind of row, themselves included; undefined where they do not. */
function wayTo(
  target: RowModel,
  row: RowModel,
  kinds: readonly RowModel[],
  derived: readonly Derived[],
): readonly RowModel[] | undefined {
  for (const kind of kinds) {
    if (overlap(kind, row) === undefined) continue;
    if (kind === target) return [row];
    // A way that passes a kind twice leads no further than one that does not.
    const others = kinds.filter((other) => other !== kind);
    for (const { model } of derived.filter(({ from }) => from === kind)) {
      const way = wayTo(target, model, others, derived);
      if (way !== undefined) return [row, kind, ...way];
    }
  }
  return undefined;
}

/** A kind of row that nothing is derived from is a mistake, unless it says so. */
export function checkUse(kinds: readonly Draft[]): string[] {
  return kinds.flatMap(({ model: { name }, isUsed, isMarkedUnused }) => {
    if (isUsed !== isMarkedUnused) return [];
    return isUsed
      ? [`row ${name}: it says that nothing is derived from it, but something is`]
      : [`row ${name}: nothing is derived from it; leave it out, or say so with derives: 'nothing'`];
  });
}

/** A key that both kinds of row match, as it is shown in messages. */
function overlap(one: RowModel, other: RowModel): string | undefined {
  const partition = commonKey(patternOf(one, 'partition'), patternOf(other, 'partition'));
  if (partition === undefined) return undefined;
  if (one.sort === undefined) return JSON.stringify([partition]);
  const sort = commonKey(patternOf(one, 'sort'), patternOf(other, 'sort'));
  return sort === undefined ? undefined : JSON.stringify([partition, sort]);
}

function patternOf({ partition, sort, rules }: RowModel, which: 'partition' | 'sort'): Pattern {
  return which === 'partition'
    ? { literals: partition.literals, rules: rules.slice(0, partition.names.length) }
    : { literals: sort?.literals ?? [], rules: rules.slice(partition.names.length) };
}

function pairsOf<T>(items: readonly T[]): (readonly [T, T])[] {
  return items.flatMap((one, index) => items.slice(index + 1).map((other) => [one, other] as const));
}
