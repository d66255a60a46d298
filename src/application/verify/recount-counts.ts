import { Decimal } from '../../domain/decimal.ts';
import type { Counts } from '../../domain/definition/counts.ts';
import type { KeyType } from '../../domain/key-value.ts';
import type { Attributes, Value } from '../../domain/value.ts';
import type { GivenRow } from './given-row.ts';
import { KeyPattern } from './key-pattern.ts';
import { canonical, type KeyAttribute, type Keys } from './key-values.ts';

/** What one row adds under one tuple. */
export interface Counted {
  /** The tuple's parts, in the order of their names. */
  readonly parts: readonly string[];
  readonly amount: Decimal;
}

/** What a tuple is made of. */
export interface TupleParts {
  /** In the order in which tuples have them. */
  readonly names: readonly string[];
  /** Of each, the type of the key's attribute that it is in. */
  readonly types: readonly KeyType[];
  /** Of the row that holds the count. */
  readonly keys: readonly CountKey[];
}

/** One attribute of a count's key. */
interface CountKey {
  readonly pattern: KeyPattern;
  readonly type: KeyType;
  /** Bytes, as DynamoDB takes them. */
  readonly most: number;
}

/** The parts of a tuple: those that `by` lists, or else those of the templates. */
export function tuplePartsOf({ by, at }: Counts['spec'], { partition, sort }: Keys): TupleParts {
  const types = new Map<string, KeyType>();
  for (const { name, type } of sort === undefined ? [partition] : [partition, sort])
    for (const [, part = ''] of (at[name] ?? '').matchAll(/<(\w+)>/g)) types.set(part, type);
  const keyOf = ({ name, type }: KeyAttribute, most: number): CountKey => ({
    pattern: new KeyPattern(at[name] ?? ''),
    type,
    most,
  });
  const keys = [keyOf(partition, 2_048), ...(sort === undefined ? [] : [keyOf(sort, 1_024)])];
  const names = Array.isArray(by) ? (by as readonly string[]) : [...types.keys()];
  return { names, types: names.map((name) => types.get(name) ?? 'S'), keys };
}

/**
 * What a row is counted under, each tuple once, and what it adds there: nothing where a tuple has no key of its own, as the
 * worker refuses to count such a row.
 *
 * @throws when a function of the definition refuses the row, or gives what it must not; when an amount is no number.
 */
export function countedFor(
  { by, amount }: Counts['spec'],
  { names, types, keys }: TupleParts,
  row: GivenRow,
  attributes: Attributes,
): readonly Counted[] {
  const given =
    typeof by === 'function'
      ? givenTuples((by as (row: GivenRow) => unknown)(row), names)
      : namedTuples(names, attributes);
  const tuples = given.map((parts) => parts.map((part, index) => keyText(part, types[index] ?? 'S')));
  const distinct = new Map(tuples.map((parts) => [JSON.stringify(parts), parts]));
  if (distinct.size === 0) return [];
  const added =
    typeof amount === 'function'
      ? numberFrom(amount(row as Parameters<typeof amount>[0]))
      : amount === undefined
        ? Decimal.parse('1')
        : numberIn(attributes.get(amount));
  const isCounted = [...distinct.values()].every((parts) => keys.every((key) => hasKey(key, names, parts)));
  return added === undefined || !isCounted
    ? []
    : Array.from(distinct.values(), (parts) => ({ parts, amount: added }));
}

function hasKey(
  { pattern, type, most }: CountKey,
  names: readonly string[],
  parts: readonly string[],
): boolean {
  const own = pattern.names.map((name) => parts[names.indexOf(name)] ?? '');
  if (!own.every((part) => part.isWellFormed()) || !pattern.isOnlyFor(own)) return false;
  return type === 'N' || Buffer.byteLength(pattern.keyOf(own), type === 'B' ? 'base64url' : 'utf8') <= most;
}

function namedTuples(names: readonly string[], attributes: Attributes): (readonly string[])[] {
  const parts = names.map((name) => {
    const value = attributes.get(name);
    return typeof value === 'string' ? value.trim() : '';
  });
  return parts.includes('') ? [] : [parts];
}

function givenTuples(given: unknown, names: readonly string[]): (readonly string[])[] {
  const tuples: readonly unknown[] = Array.isArray(given) ? given : [given ?? []].flat();
  return tuples.map((tuple) =>
    names.map((name) => {
      const part = (tuple as Readonly<Record<string, unknown>>)[name];
      if (typeof part !== 'string' || part === '') throw new TypeError(`a tuple has no ${name}`);
      return part;
    }),
  );
}

function keyText(part: string, type: KeyType): string {
  const text = canonical(part, type);
  if (text === undefined || (type === 'B' && text !== part))
    throw new TypeError(`a tuple has a part that no key of type ${type} can hold`);
  return text;
}

/** An attribute's number; a row without the attribute is not counted. */
function numberIn(value: Value | undefined): Decimal | undefined {
  if (value === undefined || value instanceof Decimal) return value && storable(value);
  throw new TypeError('an amount is no number');
}

/** The number that a function gave, if it gave one. */
function numberFrom(given: unknown): Decimal | undefined {
  if (given === undefined) return undefined;
  // Of whatever copy of the package.
  if (Decimal.is(given)) return storable(Decimal.parse(given.text));
  const isText = typeof given === 'number' || typeof given === 'bigint' || typeof given === 'string';
  return storable(isText ? Decimal.parse(String(given)) : undefined);
}

function storable(number: Decimal | undefined): Decimal {
  if (number?.isStorable()) return number;
  throw new TypeError('an amount is no number that a table can hold');
}
