import { canonicalText } from '../domain/canonical-text.ts';
import { Fault } from '../domain/fault.ts';
import { fromPlain, isPlainObject, kindOf } from '../domain/plain-value.ts';
import { equalValues, type Value } from '../domain/value.ts';
import { type FoundList, shownValue } from './found.ts';
import type { Image } from './given-row.ts';
import { unwrapped } from './including.ts';
import { plainRecord } from './plain.ts';

/** What differs, in words, and both sides as a runner may show them. */
export interface Compared {
  readonly differences: readonly string[];
  readonly actual: unknown;
  readonly expected: unknown;
}

/** Compares a document or a row. */
export function compareRecord(path: string, found: Image | undefined, given: unknown): Compared {
  const { whole, value } = unwrapped(given);
  const expected = imageOf(value, path);
  const shown = plainRecord(expected);
  if (found === undefined) return { differences: [`${path} is missing`], actual: undefined, expected: shown };
  const names = Object.keys(expected);
  const compared = whole ? [...new Set([...names, ...Object.keys(found)])] : names;
  const own = Object.fromEntries(compared.flatMap((name) => pairOf(found, name)));
  const differences = compared.flatMap((name) => {
    const [actual, wanted] = [valueIn(found, name), valueIn(expected, name)];
    if (equalValues(actual, wanted)) return [];
    const rest = wanted === undefined ? 'not expected' : `expected ${shownValue(wanted)}`;
    return [`${path}: ${name} is ${shownValue(actual)}, ${rest}`];
  });
  return { differences, actual: plainRecord(own), expected: shown };
}

/** Compares records that are known by a text. */
export function compareMap(path: string, found: ReadonlyMap<string, Image>, given: unknown): Compared {
  const { whole, value } = unwrapped(given);
  if (!isPlainObject(value)) throw wrong(path, 'an object of documents by their ids', value);
  const entries = Object.entries(value).map(
    ([id, one]) => [id, compareRecord(`${path} ${id}`, found.get(id), one)] as const,
  );
  const extra = whole ? [...found].filter(([id]) => !Object.hasOwn(value, id)) : [];
  return {
    differences: [
      ...entries.flatMap(([, { differences }]) => differences),
      ...extra.map(([id]) => `${path} ${id} is not expected`),
    ],
    actual: Object.fromEntries([
      ...entries.flatMap(([id, { actual }]) => (actual === undefined ? [] : [[id, actual] as const])),
      ...extra.map(([id, image]) => [id, plainRecord(image)] as const),
    ]),
    expected: Object.fromEntries(entries.map(([id, { expected }]) => [id, expected])),
  };
}

/** Compares rows, whatever their order: each is known by some of its attributes. */
export function compareList(path: string, { knownBy, rows }: FoundList, given: unknown): Compared {
  const { whole, value } = unwrapped(given);
  if (!Array.isArray(value)) throw wrong(path, 'an array of rows', value);
  const all = (value as readonly unknown[]).map((one, index) => {
    const expected = imageOf(unwrapped(one).value, `${path}[${index}]`);
    const names = knownBy ?? Object.keys(expected);
    const lacking = names.find((name) => !Object.hasOwn(expected, name));
    if (lacking !== undefined)
      throw new Error(`what is expected of ${path}[${index}] lacks ${lacking}, by which a row is known`);
    return { one, name: nameOf(expected, names) };
  });
  const repeated = all.find(({ name }, index) => all.findIndex((other) => other.name === name) !== index);
  if (repeated !== undefined) throw new Error(`${path} ${repeated.name} is expected twice`);
  const byName = new Map(rows.map((row) => [nameOf(row, knownBy ?? Object.keys(row)), row]));
  const entries = all.map(({ one, name }) => compareRecord(`${path} ${name}`, byName.get(name), one));
  const expectedNames = new Set(all.map(({ name }) => name));
  const extra = whole ? [...byName].filter(([name]) => !expectedNames.has(name)) : [];
  return {
    differences: [
      ...entries.flatMap(({ differences }) => differences),
      ...extra.map(([name]) => `${path} ${name} is not expected`),
    ],
    actual: [
      ...entries.flatMap(({ actual }) => (actual === undefined ? [] : [actual])),
      ...extra.map(([, row]) => plainRecord(row)),
    ],
    expected: entries.map(({ expected }) => expected),
  };
}

/** One text for each key. */
function nameOf(image: Image, names: readonly string[]): string {
  const parts = names.toSorted().map((name) => `${name} ${canonicalText(valueIn(image, name) ?? null)}`);
  return parts.length === 0 ? '(the only one)' : parts.join(', ');
}

/** @throws Error for what is no object, or what no table can hold. */
function imageOf(given: unknown, path: string): Image {
  if (!isPlainObject(given)) throw wrong(path, 'an object', given);
  try {
    return fromPlain(given, path) as Image;
  } catch (error) {
    throw new Error(`what is expected of ${Fault.from(error).message}`, { cause: error });
  }
}

function valueIn(image: Image, name: string): Value | undefined {
  return Object.hasOwn(image, name) ? image[name] : undefined;
}

function pairOf(image: Image, name: string): readonly (readonly [string, Value])[] {
  const value = valueIn(image, name);
  return value === undefined ? [] : [[name, value]];
}

export function wrong(path: string, what: string, given: unknown): Error {
  return new Error(`what is expected of ${path} must be ${what}, and is ${kindOf(given)}`);
}
