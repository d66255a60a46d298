import { itemKey } from '../../domain/row.ts';
import type { KeyType } from '../../domain/key-value.ts';
import { keyTextOf } from '../../domain/key-value.ts';
import type { KeySchema } from '../../domain/table-model.ts';
import type { Value } from '../../domain/value.ts';

type Attributes = ReadonlyMap<string, Value>;

export interface GuessedKeys {
  readonly keys: KeySchema;
  /** What was not certain, in a sentence. */
  readonly doubt: string | undefined;
}

const PARTITION = /^(?:pk|_?pk|hk|partition|partition_?key|hash|hash_?key)$/i;
const SORT = /^(?:sk|_?sk|rk|sort|sort_?key|range|range_?key)$/i;

/** What is said of a row that is one of several of something: when it was made, or which of them it is. */
const LIKE_SORT =
  /(?:^|_)(?:at|on|date|day|time|timestamp|ts|seq|sequence|version|revision|created|updated)$|[a-z](?:At|On|Date|Day|Time|Timestamp|Ts|Seq|Sequence|Version|Revision)$/;

/** Rows that lack what others have in their key are odd ones; more of them say that it is no key. */
const MOST_WITH = 0.9;

/**
 * The attributes of a table's key, as far as rows tell them. Some rows may be odd, and lack what all others have.
 *
 * @param names those that stand in the keys of stream records; undefined where rows alone were seen, each once.
 * @returns undefined where nothing tells.
 */
export function guessedKeys(
  rows: readonly Attributes[],
  names: readonly string[] | undefined,
): GuessedKeys | undefined {
  const types = typesOf(rows, names ?? namesIn(rows), names === undefined ? MOST_WITH : 0.5);
  const schema = (partition: string, sort?: string): KeySchema => ({
    ...{ partition, partitionType: types.get(partition) ?? 'S' },
    ...{ sort, sortType: (sort === undefined ? undefined : types.get(sort)) ?? 'S' },
  });
  const possible = [...types.keys()];
  const [only, second, ...more] = possible;
  if (names !== undefined) {
    if (only === undefined || possible.length !== names.length || more.length > 0) return undefined;
    if (second === undefined) return { keys: schema(only), doubt: undefined };
    return ofTwo(only, second, rows, types, schema);
  }
  const partition = possible.find((name) => PARTITION.test(name));
  const sort = possible.find((name) => SORT.test(name));
  const found =
    partition !== undefined
      ? schema(partition, sort)
      : possible.includes('id')
        ? schema('id')
        : possible.includes('Id')
          ? schema('Id')
          : undefined;
  if (found === undefined || !isUnique(rows, found)) return undefined;
  const shown = found.sort === undefined ? found.partition : `${found.partition} and ${found.sort}`;
  return { keys: found, doubt: `The rows do not say what the table's key is: ${shown} is a guess by name.` };
}

/** Pairs of more attributes than this are too many to try. */
const MOST_PAIRED = 16;
const MOST_CANDIDATES = 5;

/**
 * What the key of a table could be, for somebody to choose from: one attribute that all rows differ in, or two. Those
 * that are called like keys come first, then shorter ones.
 *
 * @param rows each once.
 * @param partition where only the sort key is not known.
 */
export function candidateKeys(
  rows: readonly Attributes[],
  partition?: string,
): readonly (readonly string[])[] {
  const types = typesOf(rows, namesIn(rows), MOST_WITH);
  const isApart = (first: string, second?: string) =>
    isUnique(rows, {
      ...{ partition: first, partitionType: types.get(first) ?? 'S' },
      ...{ sort: second, sortType: (second === undefined ? undefined : types.get(second)) ?? 'S' },
    });
  const names = [...types.keys()].toSorted((a, b) => rankOf(a) - rankOf(b));
  const single = partition === undefined ? names.filter((name) => isApart(name)) : [];
  const paired = names.filter((name) => !single.includes(name)).slice(0, MOST_PAIRED);
  const distinct = new Map(paired.map((name) => [name, distinctIn(rows, name, types)]));
  const pairs = paired.flatMap((one, index) =>
    (partition === undefined ? paired.slice(index + 1) : one === partition ? paired : []).flatMap((other) => {
      if (one === other || !isApart(one, other)) return [];
      const isTurned = partition === undefined && (distinct.get(one) ?? 0) > (distinct.get(other) ?? 0);
      return [isTurned ? [other, one] : [one, other]];
    }),
  );
  return [...single.map((name) => [name]), ...pairs].slice(0, MOST_CANDIDATES);
}

function rankOf(name: string): number {
  if (PARTITION.test(name) || SORT.test(name)) return 0;
  return /(?:^|[_a-z])(?:id|key|code|uuid|ref|number|no)$/i.test(name) ? 1 : 2;
}

function namesIn(rows: readonly Attributes[]): readonly string[] {
  return [...new Set(rows.flatMap((row) => [...row.keys()]))];
}

/** By name, the types of those that most rows have as what may be in a key. */
function typesOf(
  rows: readonly Attributes[],
  names: readonly string[],
  share: number,
): ReadonlyMap<string, KeyType> {
  return new Map(
    names.flatMap((name) => {
      const type = name === '__proto__' || name === '' ? undefined : typeOf(rows, name, share);
      return type === undefined ? [] : [[name, type] as const];
    }),
  );
}

function ofTwo(
  one: string,
  other: string,
  rows: readonly Attributes[],
  types: ReadonlyMap<string, KeyType>,
  schema: (partition: string, sort?: string) => KeySchema,
): GuessedKeys {
  for (const [a, b] of [
    [one, other],
    [other, one],
  ] as const)
    if ((PARTITION.test(a) && !PARTITION.test(b)) || (SORT.test(b) && !SORT.test(a)))
      return { keys: schema(a, b), doubt: undefined };
  const isTurned =
    isLikeSort(one) === isLikeSort(other) ? isSortOf(one, other, rows, types) : isLikeSort(one);
  const [partition, sort] = isTurned ? [other, one] : [one, other];
  return {
    keys: schema(partition, sort),
    doubt: `The rows do not say which attribute of the key is the partition key: ${partition} is a guess. If it is the sort key, say so with --keys, the partition key first.`,
  };
}

function isLikeSort(name: string): boolean {
  return LIKE_SORT.test(name);
}

/** What many rows share is rather the partition; where that tells nothing, a number is rather the sort key. */
function isSortOf(
  one: string,
  other: string,
  rows: readonly Attributes[],
  types: ReadonlyMap<string, KeyType>,
): boolean {
  const difference = distinctIn(rows, one, types) - distinctIn(rows, other, types);
  return difference > 0 || (difference === 0 && types.get(one) === 'N');
}

function distinctIn(rows: readonly Attributes[], name: string, types: ReadonlyMap<string, KeyType>): number {
  return new Set(rows.map((row) => keyTextOf(row.get(name), types.get(name) ?? 'S'))).size;
}

/** The type that more than this share of the rows has at an attribute, and that may be in a key. */
function typeOf(rows: readonly Attributes[], name: string, share: number): KeyType | undefined {
  return (['S', 'N', 'B'] as const).find((type) => {
    const having = rows.filter((row) => isText(keyTextOf(row.get(name), type)));
    return having.length > share * rows.length;
  });
}

function isText(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

/** Whether rows that have such a key have different ones. */
function isUnique(
  rows: readonly Attributes[],
  { partition, partitionType, sort, sortType }: KeySchema,
): boolean {
  const keys = rows.flatMap((row) => {
    const first = keyTextOf(row.get(partition), partitionType);
    const second = sort === undefined ? undefined : keyTextOf(row.get(sort), sortType);
    const isWhole = isText(first) && (sort === undefined || isText(second));
    return isWhole ? [itemKey({ partition: first, sort: second })] : [];
  });
  return new Set(keys).size === keys.length;
}
