import { commonKey, type PartRule } from '../../domain/definition/overlap.ts';
import { areDifferent, usualNames } from './attribute-sets.ts';
import { generalised, type KeyShape, matcherOf, patternOf, variablesOf } from './key-shape.ts';
import type { SampledRow } from './sample.ts';
import type { Group } from './split-kinds.ts';

/** Rows that one kind takes by their keys alone, and what its parts may hold: first those of the partition key. */
export interface KeyKind extends Group {
  readonly rules: readonly PartRule[];
}

/**
 * Makes kinds of groups such that no key is of two: a part may not hold the separator where that keeps kinds apart, and
 * groups that nothing keeps apart become one kind. Each row of a group is of the kind that its group became.
 */
export function withoutSharedKeys(groups: readonly Group[]): KeyKind[] {
  const kinds: KeyKind[] = groups.map((group) => ({ ...group, rules: noRules(group) }));
  for (;;) {
    const pair = overlapping(kinds);
    if (pair === undefined) return kinds;
    const [i, j] = pair;
    const [one, other] = [kinds[i], kinds[j]];
    if (one === undefined || other === undefined) return kinds;
    const apart = keptApart(one, other);
    if (apart === undefined) {
      kinds.splice(j, 1);
      kinds[i] = merged(one, other);
    } else {
      kinds[i] = apart[0];
      kinds[j] = apart[1];
    }
  }
}

/** What varies in a row's key, in the order of the parts; undefined where the key is of another kind. */
export function partsIn(kind: Group): (row: SampledRow) => readonly string[] | undefined {
  const inPartition = matcherOf(kind.partition);
  const inSort = kind.sort === undefined ? undefined : matcherOf(kind.sort);
  return ({ key }) => {
    const [first, second] = [inPartition(key.partition), inSort === undefined ? [] : inSort(key.sort ?? '')];
    return first === undefined || second === undefined ? undefined : [...first, ...second];
  };
}

const FEW = 3;

/**
 * Data may hold a separator, so that its keys have more pieces than others. Such a group goes to the one whose keys its
 * keys fit, where its rows are like those, and no constant of its own says that they are something else.
 */
export function mergedAlike(groups: readonly Group[], keys: ReadonlySet<string>): Group[] {
  const left = groups.toSorted((a, b) => pieces(a) - pieces(b));
  const done: Group[] = [];
  for (const group of left) {
    const at = done.findIndex(
      (other) =>
        hasNoWordOfItsOwn(group, other) &&
        areDifferent(usualNames(group.rows, keys), usualNames(other.rows, keys)) !== true &&
        group.rows.every((row) => partsIn(other)(row) !== undefined),
    );
    const known = done[at];
    if (known === undefined) done.push(group);
    else done[at] = { ...known, rows: [...known.rows, ...group.rows] };
  }
  return done;
}

/** Of a row or two, nobody can tell a word from data. */
function hasNoWordOfItsOwn(group: Group, other: Group): boolean {
  if (group.rows.length < FEW && other.rows.length >= FEW) return true;
  return constantsOf(group).every((text) => constantsOf(other).includes(text));
}

function pieces({ partition, sort }: Group): number {
  return partition.tokens.length + (sort?.tokens.length ?? 0);
}

export function constantsOf({ partition, sort }: Group): string[] {
  return [...partition.tokens, ...(sort?.tokens ?? [])].flatMap((token) => {
    const text = 'constant' in token ? token.constant : token.prefix;
    return text === '' ? [] : [text];
  });
}

function overlapping(kinds: readonly KeyKind[]): readonly [number, number] | undefined {
  for (const [i, one] of kinds.entries())
    for (let j = i + 1; j < kinds.length; j++) {
      const other = kinds[j];
      if (other !== undefined && shareKeys(one, other)) return [i, j];
    }
  return undefined;
}

function shareKeys(one: KeyKind, other: KeyKind): boolean {
  const inPartition = commonKey(pattern(one, 'partition'), pattern(other, 'partition'));
  if (inPartition === undefined) return false;
  return one.sort === undefined || commonKey(pattern(one, 'sort'), pattern(other, 'sort')) !== undefined;
}

function pattern(kind: KeyKind, which: 'partition' | 'sort') {
  const first = variablesOf(kind.partition);
  return which === 'partition'
    ? patternOf(kind.partition, kind.rules.slice(0, first))
    : patternOf(kind.sort ?? kind.partition, kind.rules.slice(first));
}

/** The same kinds, with as few rules as keep them apart; undefined where none do that the sampled rows follow. */
function keptApart(one: KeyKind, other: KeyKind): readonly [KeyKind, KeyKind] | undefined {
  const signs = new Set([one, other].flatMap((kind) => [kind.partition, kind.sort].flatMap(signOf)));
  const additions = [one, other].flatMap((kind, which) =>
    [...signs].flatMap((without) =>
      kind.rules.flatMap((rule, part) =>
        rule === undefined && isWithout(kind, part, without) ? [{ which, part, without }] : [],
      ),
    ),
  );
  const added = (some: typeof additions): readonly [KeyKind, KeyKind] => {
    const [a, b] = [one, other].map((kind, which) => ({
      ...kind,
      rules: kind.rules.map((rule, part) => {
        const found = some.find((addition) => addition.which === which && addition.part === part);
        return found === undefined ? rule : { without: found.without };
      }),
    }));
    return [a ?? one, b ?? other];
  };
  const tries = [...additions.map((addition) => [addition]), additions];
  return tries.map(added).find(([a, b]) => additions.length > 0 && !shareKeys(a, b));
}

function signOf(shape: KeyShape | undefined): string[] {
  return shape === undefined || shape.separator === '' ? [] : [shape.separator];
}

function isWithout(kind: KeyKind, part: number, sign: string): boolean {
  const parts = partsIn(kind);
  return kind.rows.every((row) => parts(row)?.[part]?.includes(sign) === false);
}

function merged(one: KeyKind, other: KeyKind): KeyKind {
  const rows = [...one.rows, ...other.rows];
  for (const [kind, ofOther] of [
    [one, other],
    [other, one],
  ] as const)
    if (ofOther.rows.every((row) => takes(kind, row))) return { ...kind, rows };
  const group = {
    partition: generalised(one.partition, other.partition),
    sort: one.sort && other.sort && generalised(one.sort, other.sort),
    rows,
  };
  return { ...group, rules: noRules(group) };
}

function takes(kind: KeyKind, row: SampledRow): boolean {
  const parts = partsIn(kind)(row);
  return (
    parts !== undefined &&
    kind.rules.every(
      (rule, index) =>
        rule === undefined || ('without' in rule && parts[index]?.includes(rule.without) === false),
    )
  );
}

function noRules({ partition, sort }: Group): PartRule[] {
  return Array.from(
    { length: variablesOf(partition) + (sort === undefined ? 0 : variablesOf(sort)) },
    () => undefined,
  );
}
