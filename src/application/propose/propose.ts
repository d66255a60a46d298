import { compareTexts } from '../../domain/compare-texts.ts';
import { defineTable } from '../../domain/definition/define-table.ts';
import type { PartRule } from '../../domain/definition/overlap.ts';
import { row } from '../../domain/definition/row.ts';
import { type ItemKey, itemKey } from '../../domain/row.ts';
import type { KeySchema, TableModel } from '../../domain/table-model.ts';
import { DecodedAttributes } from '../../domain/value.ts';
import { satisfies } from '../../domain/when.ts';
import { TypeOfObjects } from './attribute-types.ts';
import { templateText, variablesOf } from './key-shape.ts';
import { namesOf } from './name-kinds.ts';
import { namedParts } from './name-parts.ts';
import { UniqueNames } from './names.ts';
import type { ProposedKind, Proposal } from './proposal.ts';
import type { Sample, SampledRow } from './sample.ts';
import { constantsOf, type KeyKind, mergedAlike, withoutSharedKeys } from './shared-keys.ts';
import { type DoubtfulWord, doubtfulWords, type Group, groupsOf } from './split-kinds.ts';
import { toldApart } from './tell-apart.ts';
import { isSameCase } from './token-form.ts';
import { type UnrelatedRows, unrelatedRows } from './unrelated-rows.ts';

/** Keys of rows that fit no pattern, for whoever looks them up. */
const MOST_EXAMPLES = 5;
/** The share of a table that rows without any constant in their keys must have to be a kind beside others. */
const ENOUGH = 0.1;
/** In a sample as large as this, one row by itself is no pattern. */
const LARGE = 50;

type Untyped = Omit<ProposedKind, 'attributes' | 'isExact' | 'rows' | 'doubts'> & {
  /** Words of its keys that may be data. */
  readonly doubtful: readonly DoubtfulWord[];
};

/**
 * Finds kinds of rows in a sample: what their keys have in common, and what their attributes are. No key is of two kinds,
 * unless an attribute tells which. A pure function of the sample.
 *
 * @param fallback what to call a kind of which nothing says what it is.
 */
export function propose({ keys, rows }: Sample, fallback = 'item'): Proposal {
  const distinct = new Set(rows.map(({ key }) => itemKey(key))).size;
  const names = new Set(keyNamesOf(keys));
  const usable = rows.filter(({ key }) => key.partition.isWellFormed() && (key.sort ?? '').isWellFormed());
  // What becomes of groups that share keys must not depend on the order in which rows came.
  const inOrder = groupsOf(keys, usable)
    .map((group) => ({ group, text: JSON.stringify([group.partition, group.sort]) }))
    .toSorted((a, b) => compareTexts(a.text, b.text))
    .map(({ group }) => group);
  const found = mergedAlike(inOrder, names);
  const kinds = withoutSharedKeys(accepted(found, distinct));
  const untyped = named(kinds, keys, names, fallback);
  const { taken, others } = assigned(untyped, keys, rows);
  const proposed = untyped.flatMap((kind) => {
    const own = taken.get(kind.name) ?? [];
    return own.length === 0 ? [] : [typed(kind, own, names)];
  });
  return {
    keys,
    kinds: proposed.toSorted((a, b) => b.rows - a.rows),
    rows: distinct,
    others: {
      rows: others.size,
      examples: [...others.values()].slice(0, MOST_EXAMPLES),
    },
  };
}

/** Groups that are patterns. Where there is none, all are: the owner of the table knows better. */
function accepted(groups: readonly Group[], distinct: number): readonly Group[] {
  const labelled = groups.filter((group) => constantsOf(group).some((text) => /\p{L}/u.test(text)));
  const rowsOf = ({ rows }: Group) => new Set(rows.map(({ key }) => itemKey(key))).size;
  const patterns = labelled.filter((group) => rowsOf(group) > 1);
  const usual = (patterns.length === 0 ? labelled : patterns).flatMap(constantsOf);
  const kept = groups.filter((group) => {
    const [count, constants] = [rowsOf(group), constantsOf(group)];
    const isLabelled = labelled.includes(group);
    // A row that there is once: settings, for instance.
    const isSingle = count === 1 && constants.length > 0 && variables(group) === 0;
    if (isLabelled && isSingle)
      return constants.every((text) => usual.some((label) => isSameCase(text, label)));
    if (isLabelled) return count > 1 || distinct < LARGE;
    return count >= ENOUGH * distinct;
  });
  return kept.length === 0 ? groups : kept;
}

function variables({ partition, sort }: Group): number {
  return variablesOf(partition) + (sort === undefined ? 0 : variablesOf(sort));
}

function named(
  kinds: readonly KeyKind[],
  keys: KeySchema,
  keyNames: ReadonlySet<string>,
  fallback: string,
): Untyped[] {
  const names = new UniqueNames();
  // Larger kinds choose first.
  return kinds
    .toSorted((a, b) => b.rows.length - a.rows.length)
    .flatMap((kind) => {
      const told = toldApart(kind.rows, keyNames);
      if (told === undefined) return [oneNamed(kind, undefined, keys, names, fallback)];
      return [...told.rows].map(([value, rows]) =>
        oneNamed({ ...kind, rows }, { attribute: told.attribute, value }, keys, names, fallback),
      );
    });
}

function oneNamed(
  kind: KeyKind,
  when: ProposedKind['when'],
  keys: KeySchema,
  names: UniqueNames,
  fallback: string,
): Untyped {
  const parts = namedParts(kind, keys).map((part, index) => ({ ...part, rule: kind.rules[index] }));
  const inPartition = variablesOf(kind.partition);
  const partNames = parts.map(({ name }) => name);
  const key = new Map([[keys.partition, templateText(kind.partition, partNames.slice(0, inPartition))]]);
  if (keys.sort !== undefined && kind.sort !== undefined)
    key.set(keys.sort, templateText(kind.sort, partNames.slice(inPartition)));
  const doubtful = [kind.partition, ...(kind.sort === undefined ? [] : [kind.sort])].flatMap(doubtfulWords);
  return { name: names.give(...namesOf(kind, when?.value, fallback)), key, parts, when, doubtful };
}

/** Which kind each row is of, as a worker with such a definition would say it. */
function assigned(
  kinds: readonly Untyped[],
  keys: KeySchema,
  rows: readonly SampledRow[],
): { taken: ReadonlyMap<string, readonly SampledRow[]>; others: ReadonlyMap<string, ItemKey> } {
  const taken = new Map<string, SampledRow[]>();
  const others = new Map<string, ItemKey>();
  const model = kinds.length === 0 ? undefined : modelOf(kinds, keys);
  for (const row of rows) {
    const [kind] = model === undefined ? [] : kindsOf(model, row);
    if (kind === undefined) others.set(itemKey(row.key), row.key);
    else {
      const known = taken.get(kind);
      if (known === undefined) taken.set(kind, [row]);
      else known.push(row);
    }
  }
  return { taken, others };
}

/** The names of the kinds that a row is of: one, or none. */
export function kindsOf(model: TableModel, { key, attributes }: SampledRow): string[] {
  const found = model.rowOf(key.partition, key.sort);
  if (found === undefined || 'malformed' in found) return [];
  const decoded = new DecodedAttributes(attributes ?? new Map());
  return [found, ...(found.others ?? [])].flatMap(({ model: kind }) =>
    satisfies(kind.when, decoded) ? [kind.name] : [],
  );
}

/** The model of a definition with these kinds, from which nothing is derived. */
export function modelOf(
  kinds: readonly Pick<ProposedKind, 'name' | 'key' | 'parts' | 'when'>[],
  keys: KeySchema,
): TableModel {
  const declared = kinds.map(({ name, key, parts, when }) => {
    const rules = parts.flatMap(({ name: part, rule }): [string, PartRule][] =>
      rule === undefined ? [] : [[part, rule]],
    );
    const options = {
      derives: 'nothing' as const,
      parts: Object.fromEntries(rules),
      ...(when === undefined ? {} : { when: Object.fromEntries([[when.attribute, when.value]]) }),
    };
    return [name, row(Object.fromEntries(key), options)] as const;
  });
  return defineTable({
    keys: {
      partition: { name: keys.partition, type: keys.partitionType },
      ...(keys.sort === undefined ? {} : { sort: { name: keys.sort, type: keys.sortType } }),
    },
    rows: Object.fromEntries(declared),
    derive: {},
  }).model;
}

function typed(
  { doubtful, ...kind }: Untyped,
  rows: readonly SampledRow[],
  keys: ReadonlySet<string>,
): ProposedKind {
  const distinct = new Set(rows.map(({ key }) => itemKey(key))).size;
  const attributes = new TypeOfObjects();
  for (const { attributes: seen } of rows) if (seen !== undefined) attributes.add(seen);
  const doubts = [
    ...(distinct === 1 && kind.parts.length > 0
      ? ['There was one such row: what varies in its key is a guess.']
      : []),
    ...doubtful.map(
      ({ name, word }) =>
        `All keys have ${word} behind ${name}, so it stands in the template: if it can be something else, write a part there.`,
    ),
    ...kind.parts.flatMap(partDoubts),
    ...(attributes.count === 0 ? ['Only keys were seen: what its attributes are is for you to say.'] : []),
    ...unrelatedDoubts(unrelatedRows(rows, keys)),
  ];
  return {
    ...kind,
    isExact: attributes.isInexact,
    attributes: attributes.count === 0 ? undefined : attributes,
    rows: distinct,
    doubts,
  };
}

function partDoubts({ name, isGuess, words, rule }: ProposedKind['parts'][number]): string[] {
  const isOne = words?.length === 1;
  return [
    ...(isGuess ? [`Nothing says what <${name}> is: give it a name.`] : []),
    ...(words === undefined || rule !== undefined || isOne
      ? []
      : [
          `<${name}> was always one of ${words.join(', ')}: if it can be nothing else, say so with parts, or make kinds of them.`,
        ]),
    ...(isOne
      ? [`<${name}> was always the same: if it can be nothing else, write it into the template.`]
      : []),
  ];
}

/** Names of attributes that are listed of each. */
const LISTED = 3;

function unrelatedDoubts(unrelated: readonly UnrelatedRows[]): string[] {
  if (unrelated.length === 0) return [];
  const words = unrelated.map(({ rows, names }) => {
    const more = names.length > LISTED ? ' …' : '';
    return `${rows} with ${names.slice(0, LISTED).join(', ')}${more}`;
  });
  return [
    `Its rows are of ${unrelated.length} sorts that have no attribute of their own in common (${words.join('; ')}): they may be different kinds. No attribute says which is which; with one that does, tell them apart with when.`,
  ];
}

function keyNamesOf({ partition, sort }: KeySchema): string[] {
  return sort === undefined ? [partition] : [partition, sort];
}
