import { base64url } from '../../domain/base64.ts';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import { isAllowed } from '../../domain/definition/overlap.ts';
import { canonicalKeyText, type KeyType, keyRecord } from '../../domain/key-value.ts';
import { type ItemKey, itemKey, type Row } from '../../domain/row.ts';
import type { RowModel, TableModel } from '../../domain/table-model.ts';
import type { Random } from '../../random/random.ts';
import { kindsOf } from '../../domain/roles.ts';
import { type Image, imageOf } from './image.ts';

/** Joined without a separator, some of them are the same: `a` with `bc`, and `ab` with `c`. */
const MEETING = ['a', 'bc', 'ab', 'c'];
const HOSTILE = [
  'a:b',
  '%2F',
  '.',
  '..',
  ' ',
  'é',
  '😀',
  '__proto__',
  'constructor',
  'a#b',
  'A',
  '10',
  '2',
  '-',
];
const NUMBERS = ['0', '1', '-1', '10', '2', '1.5', '-0.25', '12345678901234567890123456789012345678', '-100'];
const BYTES = [[0], [1], [0, 1], [255, 254], [97], [97, 98], [128, 0, 255]].map((one) =>
  base64url(Uint8Array.from(one)),
);

/**
 * Few texts for parts of keys, so that rows of different kinds have parts, partitions and tuples in common.
 *
 * @returns for each type of key, the most likely ones first.
 */
export class PartTexts {
  readonly #texts: Readonly<Record<KeyType, readonly string[]>>;

  constructor(random: Random) {
    const some = (all: readonly string[], count: number) => shuffled(all, random).slice(0, count);
    this.#texts = {
      S: [...some(MEETING, 4), ...some(HOSTILE, 3)],
      N: some(NUMBERS, 5),
      B: some(BYTES, 5),
    };
  }

  /** A text that a part may hold; undefined where there is none. */
  pick(random: Random, type: KeyType, rule: RowModel['rules'][number], wanted: readonly string[]) {
    const given = rule !== undefined && !('without' in rule) ? rule : this.#texts[type];
    const allowed = [...given, ...wanted].filter(
      (text) => isAllowed(rule, text) && canonicalKeyText(text, type) === text,
    );
    if (wanted.length > 0 && random.chance(0.6)) {
      const both = allowed.filter((text) => wanted.includes(text));
      if (both.length > 0) return random.pick(both);
    }
    return allowed.length === 0 ? undefined : random.pick(allowed);
  }
}

export function shuffled<T>(all: readonly T[], random: Random): readonly T[] {
  const left = [...all];
  return all.flatMap(() => left.splice(random.int(0, left.length - 1), 1));
}

/**
 * A key of a kind of row, by chance; `derived` for one of a row that is derived, undefined where none was found.
 *
 * @param near the parts of its partition key, where those are given.
 */
export function keyOfKind(
  model: TableModel,
  kind: RowModel,
  texts: PartTexts,
  wanted: ReadonlyMap<string, readonly string[]>,
  random: Random,
  near: readonly string[] = [],
): { readonly at: ItemKey; readonly row: Row } | 'derived' | undefined {
  const { partitionType, sortType } = model.keys;
  const parts = kind.names.map((name, index) => {
    const given = near[index];
    if (given !== undefined) return isAllowed(kind.rules[index], given) ? given : undefined;
    const type = index < kind.partition.names.length ? partitionType : sortType;
    return texts.pick(random, type, kind.rules[index], wanted.get(name) ?? []);
  });
  if (parts.includes(undefined)) return undefined;
  const inPartition = kind.partition.names.length;
  const at: ItemKey = {
    partition: kind.partition.render(parts.slice(0, inPartition) as string[]),
    sort: kind.sort?.render(parts.slice(inPartition) as string[]),
  };
  const row = model.rowOf(at.partition, at.sort);
  if (isOfDerivedRow(model, at)) return 'derived';
  if (row === undefined || 'malformed' in row) return undefined;
  // The parts can be read otherwise than they were put together.
  return kindsOf(row).some((one) => one.model === kind) ? { at, row } : undefined;
}

/** Whether a key is of rows that `counts` or a `pointer` writes: nobody else may. */
export function isOfDerivedRow(model: TableModel, { partition, sort }: ItemKey): boolean {
  return model.rows.some((kind) => {
    if (kind.derivedBy === undefined) return false;
    const inPartition = kind.partition.match(partition);
    const inSort = kind.sort === undefined ? { parts: [] } : kind.sort.match(sort ?? '');
    return [inPartition, inSort].every((match) => match !== undefined && 'parts' in match);
  });
}

/**
 * Keys of no kind, some of which begin like one of a kind; and keys that are malformed, because they begin like one of a
 * strict kind. Fewer where nearly every key is of some kind.
 */
export function otherKeys({ model }: TableDefinition, texts: PartTexts, random: Random): readonly ItemKey[] {
  const { partitionType, sort, sortType } = model.keys;
  const found = new Map<string, ItemKey>();
  for (let attempt = 0; attempt < 60; attempt++) {
    const kind = random.pick(model.rows);
    const like = (template: RowModel['sort'], type: KeyType): string => {
      const text = texts.pick(random, type, undefined, []) ?? '';
      if (template === undefined || type !== 'S' || random.chance(0.3)) return text;
      // With parts that may be ruled out, or with the beginning alone.
      return random.chance(0.5)
        ? template.render(template.names.map(() => texts.pick(random, type, undefined, []) ?? ''))
        : template.prefix;
    };
    const key: ItemKey = {
      partition: like(kind.partition, partitionType),
      sort: sort === undefined ? undefined : like(kind.sort, sortType),
    };
    if (key.partition === '' || key.sort === '' || isOfDerivedRow(model, key)) continue;
    const row = model.rowOf(key.partition, key.sort);
    if (row === undefined || 'malformed' in row) found.set(itemKey(key), key);
  }
  return [...found.values()];
}

/** A key as stream records carry it. */
export function keyImage({ model }: TableDefinition, key: ItemKey): Image {
  return imageOf(Object.entries(keyRecord(model.keys, key)));
}
