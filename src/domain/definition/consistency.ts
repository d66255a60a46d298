import type { CountModel } from '../count.ts';
import type { KeySchema, RowModel } from '../table-model.ts';
import { idPattern } from './documents.ts';
import type { Derived, Draft } from './draft.ts';
import { excludeEachOther } from '../when.ts';
import { keptApart, type KeyShape, overlap, toldApart } from './keep-apart.ts';
import { commonKey } from './overlap.ts';

/** No key may be of two kinds of row, unless an attribute tells which it is of. */
export function sharedKeys(kinds: readonly RowModel[]): string[] {
  return pairsOf(kinds).flatMap(([one, other]) => {
    const key = excludeEachOther(one.when, other.when) ? undefined : overlap(one, other);
    if (key === undefined) return [];
    return [`rows ${one.name} and ${other.name}: both match the key ${key}; ${toldApart(one, other)}`];
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

/** No state may be of two rows or two derivations: each would take the other's for its own. */
export function sharedStates(kinds: readonly RowModel[]): string[] {
  const states = kinds.flatMap((kind) =>
    kind.counts.flatMap(({ name, state }) =>
      state === undefined ? [] : [{ name, ...rowOfState(kind, state) }],
    ),
  );
  return pairsOf(states).flatMap(([one, other]) => {
    const key = overlap(one, other);
    return key === undefined
      ? []
      : [
          `derivations ${one.name} and ${other.name}: both can keep a state at ${key}; leave state out of one`,
        ];
  });
}

function rowOfState(
  { names, rules }: RowModel,
  { partition, sort }: NonNullable<CountModel['state']>,
): KeyShape {
  const parts = [...partition.names, ...sort.names];
  return { partition, sort, rules: parts.map((part) => rules[names.indexOf(part)]) };
}

/**
 * No derived row may have a key of a kind with `when`: what it says beside its key is no protection for a row that has the
 * key already, which it would overwrite, or remove.
 */
export function overwritten(
  kinds: readonly RowModel[],
  derived: readonly Derived[],
  keys: KeySchema | undefined,
): string[] {
  return derived.flatMap(({ model }) =>
    kinds.flatMap((kind) => {
      const key = kind.when === undefined ? undefined : overlap(kind, model);
      if (key === undefined) return [];
      return [
        `derivation ${model.name}: its row can have the key ${key} of a row ${kind.name}, which it would overwrite; ${keptApart(kind, model, keys)}`,
      ];
    }),
  );
}

/**
 * Derived rows may be of kinds without `when` that more is derived from, but none may lead back to what it is derived from.
 * Of kinds with `when`, no derived row may be at all.
 */
export function loopsOf(
  all: readonly RowModel[],
  derived: readonly Derived[],
  keys: KeySchema | undefined,
): string[] {
  const kinds = all.filter(({ when }) => when === undefined);
  const problems: string[] = [];
  const said = new Set<RowModel>();
  for (const one of derived) {
    const { model, from } = one;
    const way = wayTo(from, one, kinds, derived);
    // Each derivation of a loop leads back: it is said once.
    if (way === undefined || said.has(model)) continue;
    for (const row of way) said.add(row);
    const names = [from, ...way, from].map((row) => row.name).join(' → ');
    problems.push(
      `derivation ${model.name}: its rows lead back to ${from.name}, which they are derived from: ${names}; ${keptApart(from, way.at(-1) ?? model, keys)}`,
    );
  }
  return problems;
}

/** The rows over which derived ones lead to a kind of row, themselves included; undefined where they do not. */
function wayTo(
  target: RowModel,
  row: Derived,
  kinds: readonly RowModel[],
  derived: readonly Derived[],
): readonly RowModel[] | undefined {
  for (const kind of kinds) {
    if (overlap(kind, row.model) === undefined) continue;
    if (kind === target) return [row.model];
    // A way that passes a kind twice leads no further than one that does not.
    const others = kinds.filter((other) => other !== kind);
    for (const next of derived.filter(({ from }) => from === kind)) {
      const way = wayTo(target, next, others, derived);
      if (way !== undefined) return [row.model, kind, ...way];
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

function pairsOf<T>(items: readonly T[]): (readonly [T, T])[] {
  return items.flatMap((one, index) => items.slice(index + 1).map((other) => [one, other] as const));
}
