import type { KeySchema } from '../../domain/table-model.ts';
import type { Value } from '../../domain/value.ts';
import { areDifferent, usualNames } from './attribute-sets.ts';
import { type KeyShape, type Token, tokensOf } from './key-shape.ts';
import { textOfValue } from './part-values.ts';
import type { SampledRow } from './sample.ts';
import { canBeLiteral, isLabel, isSameCase, isVersion, prefixOf } from './token-form.ts';

/** Rows whose keys look alike. */
export interface Group {
  readonly partition: KeyShape;
  /** Undefined where the table has no sort key. */
  readonly sort: KeyShape | undefined;
  readonly rows: readonly SampledRow[];
}

/** A row, and the pieces of its key: those of the partition key, then those of the sort key. */
interface Split {
  readonly row: SampledRow;
  readonly tokens: readonly string[];
}

/** Where a piece stands in its attribute. */
interface Place {
  readonly index: number;
  readonly ofNumber: boolean;
}

/** Rows of one word before it is taken for the name of a kind. */
const SEEN_OFTEN = 3;
/** Words that may stand at one place of a key for as many kinds. */
const MOST_WORDS = 40;
/** And where rows behind the words do not differ. */
const MOST_LIKE_WORDS = 6;

/** Groups rows by what is constant in their keys, and by nothing that a value has by chance. */
export function groupsOf(keys: KeySchema, rows: readonly SampledRow[]): Group[] {
  const byForm = new Map<string, { shapes: Omit<Group, 'rows'>; places: Place[]; splits: Split[] }>();
  for (const row of rows) {
    const partition = tokensOf(row.key.partition, keys.partitionType);
    const sort = keys.sort === undefined ? undefined : tokensOf(row.key.sort ?? '', keys.sortType);
    const tokens = [...partition.tokens, ...(sort?.tokens ?? [])];
    const empty = tokens.map((token) => (token === '' ? '0' : '1')).join('');
    const form = [partition.separator, partition.tokens.length, sort?.separator, empty].join(' ');
    const known = byForm.get(form);
    if (known !== undefined) known.splits.push({ row, tokens });
    else
      byForm.set(form, {
        shapes: { partition: shapeOf(partition), sort: sort && shapeOf(sort) },
        places: [
          ...partition.tokens.map((_, index) => ({ index, ofNumber: keys.partitionType !== 'S' })),
          ...(sort?.tokens ?? []).map((_, index) => ({ index, ofNumber: keys.sortType !== 'S' })),
        ],
        splits: [{ row, tokens }],
      });
  }
  const names = new Set([keys.partition, ...(keys.sort === undefined ? [] : [keys.sort])]);
  return [...byForm.values()].flatMap(({ shapes, places, splits }) =>
    new Splitting(places, names).split(splits, []).map(({ fixed, rows }) => {
      const inPartition = shapes.partition.tokens.length;
      const { partition, sort } = shapes;
      return {
        partition: { ...partition, tokens: fixed.slice(0, inPartition) },
        sort: sort && { ...sort, tokens: fixed.slice(inPartition) },
        rows,
      };
    }),
  );
}

/** A word that all keys of a kind have, where data could stand: behind a word that may be what that is called. */
export interface DoubtfulWord {
  readonly name: string;
  readonly word: string;
}

export function doubtfulWords({ tokens }: KeyShape): DoubtfulWord[] {
  return tokens.flatMap((token, index) => {
    const [name, word] = [constantOf(tokens[index - 1]), constantOf(token)];
    const isBehindName = unversioned(tokens.slice(0, index)).length % 2 === 1;
    if (name === undefined || word === undefined || name === '' || word === '' || !isBehindName) return [];
    return isVersion(name) || isVersion(word) || isSameCase(name, word) ? [] : [{ name, word }];
  });
}

function shapeOf({ separator, tokens }: { separator: string; tokens: readonly string[] }): KeyShape {
  return { separator, tokens: tokens.map((constant) => ({ constant })) };
}

class Splitting {
  readonly #places: readonly Place[];
  readonly #keys: ReadonlySet<string>;

  constructor(places: readonly Place[], keys: ReadonlySet<string>) {
    this.#places = places;
    this.#keys = keys;
  }

  /** Decides place by place, from left to right, what is constant there and what varies. */
  split(splits: readonly Split[], fixed: readonly Token[]): { fixed: Token[]; rows: SampledRow[] }[] {
    const at = fixed.length;
    const place = this.#places[at];
    if (place === undefined) return [{ fixed: [...fixed], rows: splits.map(({ row }) => row) }];
    const whole = classed(splits, (tokens) => tokens[at] ?? '');
    if (whole.size === 1 && whole.has('')) return this.split(splits, [...fixed, { constant: '' }]);
    if (place.ofNumber) return this.split(splits, [...fixed, { prefix: '' }]);
    const words = this.#wordsAmong(whole, splits, fixed, place);
    const rest = splits.filter(({ tokens }) => !words.includes(tokens[at] ?? ''));
    return [
      ...words.flatMap((constant) => this.split(whole.get(constant) ?? [], [...fixed, { constant }])),
      ...(rest.length === 0 ? [] : this.#splitByPrefix(rest, fixed, place)),
    ];
  }

  /** The words at a place that are constants of kinds of rows. */
  #wordsAmong(
    whole: ReadonlyMap<string, readonly Split[]>,
    splits: readonly Split[],
    fixed: readonly Token[],
    place: Place,
  ): string[] {
    const at = fixed.length;
    const [only] = whole.keys();
    if (whole.size === 1 && only !== undefined)
      return canBeLiteral(only) && isLabel(only) && !this.#isData(only, splits, fixed, place) ? [only] : [];
    const words = [...whole].flatMap(([word, rows]) =>
      isLabel(word) && canBeLiteral(word) && rows.length >= SEEN_OFTEN ? [word] : [],
    );
    if (words.length === 0 || words.length > MOST_WORDS) return [];
    const sets = words.map((word) => usualNames((whole.get(word) ?? []).map(rowOf), this.#keys));
    const differs = sets.map((set, index) =>
      sets.map((other, place) => (place === index ? false : areDifferent(set, other))),
    );
    // One that differs from all others is enough to show that the word says what a row is.
    const isTelling = differs.some((row, index) =>
      row.every((different, other) => other === index || different === true),
    );
    const rare = splits.length - words.reduce((sum, word) => sum + (whole.get(word)?.length ?? 0), 0);
    // Where the rest is more than a few odd rows, the words must differ from it too, or they are values like the rest.
    if (rare > splits.length / 20) {
      const others = usualNames(
        splits.filter(({ tokens }) => !words.includes(tokens[at] ?? '')).map(rowOf),
        this.#keys,
      );
      return words.filter((_, index) => areDifferent(sets[index], others) === true);
    }
    if (isTelling && (words.length > 1 || rare === 0)) return words;
    if (this.#attributeWith(splits, at) !== undefined) return [];
    const before = unversioned(fixed.slice(at - place.index));
    const style = constantOf(before[0]) ?? words[0] ?? '';
    const isInStyle =
      place.index === 0 || (before.length % 2 === 0 && words.every((word) => isSameCase(word, style)));
    const isOnly = place.index === 0 && this.#places.length === at + 1;
    return isInStyle && !isOnly && words.length <= MOST_LIKE_WORDS ? words : [];
  }

  /** Whether a word that all rows have is data all the same: the value of an attribute, or behind the word that names it. */
  #isData(word: string, splits: readonly Split[], fixed: readonly Token[], place: Place): boolean {
    if (place.index === 0 || isVersion(word)) return false;
    if (this.#attributeWith(splits, fixed.length) !== undefined) return true;
    const inAttribute = fixed.slice(fixed.length - place.index);
    const before = constantOf(inAttribute.at(-1));
    if (before === undefined || isVersion(before) || isSameCase(word, before)) return false;
    const isBehindName = unversioned(inAttribute).length % 2 === 1;
    return isBehindName && (splits.length < SEEN_OFTEN || this.#isLastOfPair(splits, fixed, before));
  }

  /** Whether what follows is no data for which a word could be the name: nothing, or the name of the next. */
  #isLastOfPair(splits: readonly Split[], fixed: readonly Token[], before: string): boolean {
    const next = fixed.length + 1;
    if ((this.#places[next]?.index ?? 0) === 0) return true;
    const [word = '', ...others] = new Set(splits.map(({ tokens }) => tokens[next]));
    return others.length === 0 && isLabel(word) && isSameCase(word, before);
  }

  /** An attribute that always says what stands at a place; not one that says what kind a row is of. */
  #attributeWith(splits: readonly Split[], at: number): string | undefined {
    const [first] = splits;
    for (const [name] of first?.row.attributes ?? [])
      if (!this.#keys.has(name) && !TELLING.has(name))
        if (splits.every(({ row, tokens }) => saysSame(row.attributes?.get(name), tokens[at] ?? '')))
          return name;
    return undefined;
  }

  /** Data, behind a word that ends in a mark, as in `id_17`: one such word for all, or several that tell kinds. */
  #splitByPrefix(splits: readonly Split[], fixed: readonly Token[], place: Place) {
    const at = fixed.length;
    const byPrefix = classed(splits, (tokens) => prefixOf(tokens[at] ?? ''));
    const prefixes = [...byPrefix.keys()];
    const often = [...byPrefix.values()].every((rows) => rows.length >= SEEN_OFTEN);
    const sets = [...byPrefix.values()].map((rows) => usualNames(rows.map(rowOf), this.#keys));
    const isTelling = sets.some((set, index) =>
      sets.every((other, place) => place === index || areDifferent(set, other) === true),
    );
    const values = new Set(splits.map(({ tokens }) => tokens[at]));
    // Where all rows have it, or where rows behind one differ from those behind the others.
    const isUsed =
      often &&
      prefixes.length <= MOST_WORDS &&
      (prefixes.length === 1 ? values.size > 1 : isTelling && place.index === 0 && !byPrefix.has(''));
    if (!isUsed) return this.split(splits, [...fixed, { prefix: '' }]);
    return [...byPrefix].flatMap(([prefix, rows]) => this.split(rows, [...fixed, { prefix }]));
  }
}

/** Attributes that tell kinds apart in tables of known libraries, and in many others, the surest first. */
export const TELLING_NAMES: readonly string[] = [
  ...['__edb_e__', '_et', '__typename', '__type', '_type', '_t', '_kind', '_entity'],
  ...['entityType', 'EntityType', 'entity_type', 'entity', 'Entity', 'rowType', 'row_type', 'recordType'],
  ...['record_type', 'itemType', 'item_type', 'docType', 'objectType', 'object_type', 'modelName'],
  ...['type', 'Type', 'TYPE', 'kind', 'Kind', 'object', 'model'],
];

/** Those whose value in a key is never data. */
const TELLING: ReadonlySet<string> = new Set(TELLING_NAMES.filter((name) => !/entity_?type/i.test(name)));

function saysSame(value: Value | undefined, token: string): boolean {
  return value !== undefined && textOfValue(value) === token;
}

function constantOf(token: Token | undefined): string | undefined {
  return token !== undefined && 'constant' in token ? token.constant : undefined;
}

/** What stands before a place, without what names no data behind it. */
function unversioned(before: readonly Token[]): readonly Token[] {
  return before.filter((token) => !isVersion(constantOf(token) ?? ''));
}

function rowOf({ row }: Split): SampledRow {
  return row;
}

function classed(splits: readonly Split[], by: (tokens: readonly string[]) => string): Map<string, Split[]> {
  const classes = new Map<string, Split[]>();
  for (const split of splits) {
    const key = by(split.tokens);
    const known = classes.get(key);
    if (known === undefined) classes.set(key, [split]);
    else known.push(split);
  }
  return classes;
}
