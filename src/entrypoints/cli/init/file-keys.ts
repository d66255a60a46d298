import { EncodedAttributes } from '../../../adapters/dynamodb-stream/attribute-value.ts';
import { keyText } from '../../../adapters/dynamodb-stream/key-text.ts';
import { printable } from '../../../adapters/json/excerpt.ts';
import { candidateKeys, type GuessedKeys, guessedKeys } from '../../../application/propose/guess-keys.ts';
import { Fault } from '../../../domain/fault.ts';
import { isObject } from '../../../domain/json.ts';
import { itemKey } from '../../../domain/row.ts';
import type { KeySchema } from '../../../domain/table-model.ts';
import type { Value } from '../../../domain/value.ts';
import { ownValue, type RowImage } from './row-images.ts';

/** The key of a table, as files tell it. */
export interface FileKeys {
  readonly keys: KeySchema;
  readonly doubts: readonly string[];
  /** Those that can be of the table. */
  readonly images: readonly RowImage[];
  /** Those that cannot, and why. */
  readonly odd: readonly { readonly place: string; readonly reason: string }[];
}

type Attributes = ReadonlyMap<string, Value>;

/**
 * Tells the key of a table: recorded changes name its attributes, and rows beside them have them. A record whose Keys are
 * others than those of most is of another table.
 *
 * @param given the attributes of the key, where somebody has named them.
 * @throws Fault `configuration` where it cannot be told, with what it could be.
 */
export function keysIn(all: readonly RowImage[], given: readonly string[] | undefined): FileKeys {
  const names = recordedNames(all, given);
  const isOdd = ({ keys }: RowImage) => keys !== undefined && !isSame(namesOf(keys), names ?? []);
  const images = all.filter((image) => !isOdd(image));
  const odd = all.filter(isOdd).map(({ place, keys }) => ({
    place,
    reason: `the record's Keys are ${listed(namesOf(keys))}, and those of others ${listed(names ?? [])}: it is of another table`,
  }));
  const { keys, doubt } = guess(images, names, given);
  return { keys, doubts: doubt === undefined ? [] : [doubt], images, odd };
}

/** The attributes in the Keys of most records, or of those that have the given ones; undefined where there are only rows. */
function recordedNames(
  images: readonly RowImage[],
  given: readonly string[] | undefined,
): readonly string[] | undefined {
  const counts = new Map<string, { readonly names: readonly string[]; count: number }>();
  for (const { keys } of images) {
    const names = namesOf(keys);
    const known = counts.get(JSON.stringify(names));
    if (known !== undefined) known.count++;
    else if (names.length > 0) counts.set(JSON.stringify(names), { names, count: 1 });
  }
  if (counts.size === 0) return undefined;
  const seen = [...counts].toSorted(([a, one], [b, other]) => other.count - one.count || (a < b ? -1 : 1));
  if (given === undefined) return (seen.find(([, { names }]) => names.length <= 2) ?? seen[0])?.[1].names;
  if (counts.has(JSON.stringify(given.toSorted()))) return given.toSorted();
  throw new Fault(
    'configuration',
    `--keys is ${printable(given.join())}, and the Keys of records are ${listed(seen[0]?.[1].names ?? [])}: those are the table's key`,
  );
}

function guess(
  images: readonly RowImage[],
  names: readonly string[] | undefined,
  given: readonly string[] | undefined,
): GuessedKeys {
  // Rows by themselves are each of another key, but one that is there twice is the same row.
  const rows = [...(names === undefined ? distinct(images) : images)].flatMap(decodedRow);
  const guessed = guessedKeys(rows, given ?? names);
  if (guessed !== undefined) return given === undefined ? guessed : asGiven(given, guessed);
  throw new Fault(
    'configuration',
    given === undefined
      ? `the files do not tell what the key of the table is: name its attributes with --keys PARTITION or --keys PARTITION,SORT; ${candidateWords(rows)}`
      : `not all rows have ${listed(given)} as a string, number or bytes: name the attributes of the table's key with --keys`,
  );
}

function candidateWords(rows: readonly Attributes[]): string {
  if (rows.length < 2) return 'one row by itself does not tell';
  const candidates = candidateKeys(rows).filter((names) => names.every((name) => TYPED.test(name)));
  return candidates.length === 0
    ? 'no one or two attributes that the rows have tell all of them apart: are they of one table?'
    : `the rows differ by ${candidates.map((names) => `--keys ${names.join()}`).join(', by ')}`;
}

/** Names that a shell takes as they are. */
const TYPED = /^[\p{L}\p{N}_.-]+$/u;

/** The order in which somebody names attributes says which is which. */
function asGiven([partition = '', sort]: readonly string[], { keys }: GuessedKeys): GuessedKeys {
  const typeOf = (name: string) => (name === keys.partition ? keys.partitionType : keys.sortType);
  return {
    keys: {
      ...{ partition, partitionType: typeOf(partition) },
      ...{ sort, sortType: sort === undefined ? ('S' as const) : typeOf(sort) },
    },
    doubt: undefined,
  };
}

/** Where rows by themselves have a key that several different ones have, a part of the key may be missing. */
export function sharedDoubts(
  { keys, images }: Pick<FileKeys, 'keys' | 'images'>,
  given: readonly string[] | undefined,
): string[] {
  const rows = distinct(images.filter((image) => image.keys === undefined));
  const counts = new Map<string, number>();
  for (const { image = {} } of rows) {
    const partition = keyText(ownValue(image, keys.partition), keys.partitionType);
    const sort = keys.sort === undefined ? undefined : keyText(ownValue(image, keys.sort), keys.sortType);
    if (partition === undefined) continue;
    const key = itemKey({ partition, sort });
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const shared = [...counts.values()].filter((count) => count > 1);
  if (shared.length === 0 || given === undefined) return [];
  const candidates = keys.sort === undefined ? candidateKeys(rows.flatMap(decodedRow), keys.partition) : [];
  const [sort] = candidates.flatMap(([, name]) => (name === undefined ? [] : [name]));
  const such = sort === undefined ? '' : `, such as ${printable(sort)}`;
  return [
    `With --keys ${printable(given.join())}, ${shared.length === 1 ? 'one key has' : `${shared.length} keys have`} several different rows, which are taken for one: unless they were read at different times, ${keys.sort === undefined ? `the table has a sort key too${such}` : 'that is not the key of the table'}.`,
  ];
}

/** The same image may be there several times. */
function distinct(images: readonly RowImage[]): readonly RowImage[] {
  return [...new Map(images.map((image) => [JSON.stringify(image.image), image])).values()];
}

function decodedRow({ image, keys }: RowImage): Attributes[] {
  try {
    return [new EncodedAttributes(keys ?? image ?? {}, {}, 'Item').all()];
  } catch {
    // What cannot be decoded is said when the row is, with its place.
    return [];
  }
}

function namesOf(keys: unknown): readonly string[] {
  return isObject(keys) ? Object.keys(keys).toSorted() : [];
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}

function listed(names: readonly string[]): string {
  return printable(names.join(' and '));
}
