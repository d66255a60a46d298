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

/**
 * The attributes of a table's key, as far as rows tell them.
 *
 * @param names those that stand in the keys of stream records; undefined where rows alone were seen.
 * @returns undefined where nothing tells.
 */
export function guessedKeys(
  rows: readonly Attributes[],
  names: readonly string[] | undefined,
): GuessedKeys | undefined {
  const types = new Map(
    (names ?? [...(rows[0]?.keys() ?? [])]).flatMap((name) => {
      const type = typeOf(rows, name);
      return type === undefined || name === '__proto__' || name === '' ? [] : [[name, type] as const];
    }),
  );
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
  const distinct = (name: string) =>
    new Set(rows.map((row) => keyTextOf(row.get(name), types.get(name) ?? 'S'))).size;
  // What many rows share is rather the partition; where that tells nothing, a number is rather the sort key.
  const difference = distinct(one) - distinct(other);
  const isTurned = difference > 0 || (difference === 0 && types.get(one) === 'N');
  const [partition, sort] = isTurned ? [other, one] : [one, other];
  return {
    keys: schema(partition, sort),
    doubt: `The rows do not say which attribute of the key is the partition key: ${partition} is a guess.`,
  };
}

/** The type of an attribute that all rows have, and that may be in a key. */
function typeOf(rows: readonly Attributes[], name: string): KeyType | undefined {
  return (['S', 'N', 'B'] as const).find((type) =>
    rows.every((row) => {
      const text = keyTextOf(row.get(name), type);
      return text !== undefined && text !== '';
    }),
  );
}

function isUnique(
  rows: readonly Attributes[],
  { partition, partitionType, sort, sortType }: KeySchema,
): boolean {
  const keys = rows.map((row) =>
    itemKey({
      partition: keyTextOf(row.get(partition), partitionType) ?? '',
      sort: sort === undefined ? undefined : keyTextOf(row.get(sort), sortType),
    }),
  );
  return new Set(keys).size === keys.length;
}
