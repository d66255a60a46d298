import { base64url } from '../../../src/domain/base64.ts';
import type { PartRule } from '../../../src/domain/definition/overlap.ts';
import type { KeyType } from '../../../src/domain/key-value.ts';
import type { Random } from '../../../src/random/random.ts';

/*
 * Keys of random tables. Rows that others write and rows that are derived are kept apart by how their keys begin: `K` and `D`
 * in strings, not negative and negative in numbers, below 255 and 255 in bytes; within a partition, pointers begin with `~`.
 */

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

export interface TableKeys {
  readonly partition: KeyAttribute;
  readonly sort: KeyAttribute | undefined;
}

/** The key of a kind of row. */
export interface KeyShape {
  /** By attribute. */
  readonly key: Readonly<Record<string, string>>;
  readonly parts: Readonly<Record<string, PartRule>>;
  /** The names of the parts, in order. */
  readonly names: readonly string[];
  /** Of them, those of the sort key. */
  readonly inSort: readonly string[];
}

export function tableKeys(random: Random): TableKeys {
  const type = (): KeyType =>
    random.weighted<KeyType>([
      [6, 'S'],
      [1, 'N'],
      [1, 'B'],
    ]);
  const [partition, sort] = random.pick([
    ['PK', 'SK'],
    ['id', 'at'],
    ['constructor', 'length'],
  ] as const);
  return {
    partition: { name: partition, type: type() },
    sort: random.chance(0.75) ? { name: sort, type: type() } : undefined,
  };
}

const bytes = (...values: number[]) => base64url(Uint8Array.from(values));

/** A kind's own key: no other kind's of another number, unless that shares it on purpose. */
export function keyShape({ partition, sort }: TableKeys, index: number, random: Random): KeyShape {
  const [first, inPartition] = partitionShape(partition.type, index, random);
  if (sort === undefined)
    return {
      key: { [partition.name]: first },
      ...inPartition,
      names: Object.keys(inPartition.parts),
      inSort: [],
    };
  const [second, inSort] = sortShape(sort.type, random);
  return {
    key: { [partition.name]: first, [sort.name]: second },
    parts: { ...inPartition.parts, ...inSort.parts },
    names: [...Object.keys(inPartition.parts), ...Object.keys(inSort.parts)],
    inSort: Object.keys(inSort.parts),
  };
}

type Shape = readonly [template: string, rules: { readonly parts: Readonly<Record<string, PartRule>> }];

function partitionShape(type: KeyType, index: number, random: Random): Shape {
  if (type === 'N')
    return random.chance(0.5)
      ? ['<p>', { parts: { p: [String(10 * index), String(10 * index + 1), `${10 * index + 2}.5`] } }]
      : [String(10 * index), { parts: {} }];
  if (type === 'B')
    return random.chance(0.5)
      ? ['<p>', { parts: { p: [bytes(index), bytes(index, 1), bytes(index, 250)] } }]
      : [bytes(index), { parts: {} }];
  return random
    .weighted<Shape>([
      [3, [`K${index}#<p>`, { parts: { p: undefined } }]],
      [2, [`K${index}#<p>#<q>`, { parts: { p: { without: '#' }, q: undefined } }]],
      [1, [`K${index}#<p>#<q>`, { parts: { p: ['a', 'ab'], q: undefined } }]],
      // Its keys begin as those of the kinds after it, but for the #.
      [index === 0 ? 2 : 0, ['K<p>', { parts: { p: { without: '#' } } }]],
      [1, [`K${index}#`, { parts: {} }]],
    ])
    .map((one) => one) as unknown as Shape;
}

function sortShape(type: KeyType, random: Random): Shape {
  if (type === 'N')
    return random.pick<Shape>([
      ['<s>', { parts: { s: { without: '-' } } }],
      ['<s>', { parts: { s: ['0', '1', '10', '2'] } }],
      ['0', { parts: {} }],
    ]);
  if (type === 'B')
    return random.pick<Shape>([
      ['<s>', { parts: { s: ['AA', 'AQ', 'AQI', 'YQ'] } }],
      ['AA', { parts: {} }],
    ]);
  return random.weighted<Shape>([
    [3, ['<s>', { parts: { s: { without: '~' } } }]],
    [3, ['S#<s>', { parts: { s: undefined } }]],
    [2, ['S#<s>#<t>', { parts: { s: undefined, t: undefined } }]],
    [1, ['<s>#<t>', { parts: { s: { without: '~' }, t: undefined } }]],
    [1, ['ROW', { parts: {} }]],
  ]);
}

/** What no row but that of one derivation has as an attribute of its key. */
export function ownConstant(type: KeyType, number: number): string {
  return { S: `D${number}`, N: String(-1_000 - number), B: bytes(255, number) }[type];
}

/** The sort key of a pointer. */
export function pointerAt(type: KeyType, number: number): string {
  return type === 'S' ? `~${number}` : ownConstant(type, number);
}
