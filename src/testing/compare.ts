import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { isPlainObject } from '../domain/plain-value.ts';
import type { EffectCall } from './effect-calls.ts';
import { type Compared, compareList, compareMap, wrong } from './differences.ts';
import type { FailedChange, Found, FoundList } from './found.ts';
import { listOf } from './given-row.ts';
import { unwrapped } from './including.ts';
import { canBeInOrder, paired } from './match-calls.ts';
import { checkNames } from './settings.ts';

const SECTIONS = [
  ...['documents', 'counts', 'pointers', 'rows', 'effects'],
  ...['sent', 'failures', 'quarantined', 'drift'],
];

/** How many differences a message lists. */
const LISTED = 20;

/**
 * Compares what is named. A failure that nobody has named is a difference, too: a test must not pass because of what was not
 * done.
 *
 * @throws AssertionError with the differences, one a line, and both sides. Error for what is expected of nothing that there is.
 */
export function compare(found: Found, expected: object): void {
  checkNames('what is expected', expected, SECTIONS);
  // What is undefined is not named.
  const named = Object.entries(expected).filter(([, wanted]) => wanted !== undefined);
  const all: Readonly<Record<string, unknown>> = {
    ...{ failures: [], quarantined: [] },
    ...Object.fromEntries<unknown>(named),
  };
  const compared = Object.entries(all)
    .map(([section, wanted]) => [section, compareSection(section, found, wanted)] as const)
    .filter(([, { differences }]) => differences.length > 0);
  if (compared.length === 0) return;
  const differences = compared.flatMap(([, one]) => one.differences);
  const more = differences.length - LISTED;
  const count = differences.length === 1 ? '1 difference' : `${differences.length} differences`;
  const lines = differences.slice(0, LISTED).map((line) => `- ${line}`);
  throw new AssertionError({
    message: [`${count} from what is expected:`, ...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join(
      '\n',
    ),
    actual: Object.fromEntries(compared.map(([section, { actual }]) => [section, actual])),
    expected: Object.fromEntries(compared.map(([section, one]) => [section, one.expected])),
    // Of its own operators, Node repeats all of both sides in the message.
    operator: 'then',
    stackStartFn: compare,
  });
}

function compareSection(section: string, found: Found, expected: unknown): Compared {
  switch (section) {
    case 'documents':
      return byName(section, 'collection', found.documents, expected, compareMap);
    case 'counts':
      return byName(section, 'derivation of counts', found.counts, expected, compareList);
    case 'pointers':
      return byName(section, 'derivation of a pointer', found.pointers, expected, compareList);
    case 'rows':
      return byName<FoundList | undefined>(section, undefined, found.rows, expected, (path, list, wanted) =>
        compareList(path, list ?? NO_ROWS, wanted),
      );
    case 'effects':
      return byName(section, 'effect', found.effects, expected, compareCalls);
    case 'sent':
    case 'drift':
      return compareWhole(section, found[section], expected);
    default:
      return compareFailures(section, section === 'failures' ? found.failures : found.quarantined, expected);
  }
}

const NO_ROWS: FoundList = { knownBy: undefined, rows: [] };

/** @param what what the names are of; undefined where any may be expected. */
function byName<T>(
  section: string,
  what: string | undefined,
  found: ReadonlyMap<string, T>,
  expected: unknown,
  compareOne: (path: string, found: T, expected: unknown) => Compared,
): Compared {
  if (!isPlainObject(expected)) throw wrong(section, `an object by ${what ?? 'table'}`, expected);
  const compared = Object.entries(expected).map(([name, wanted]) => {
    if (what !== undefined && !found.has(name))
      throw new Error(`${section}: there is no ${what} ${name}; there are ${listOf([...found.keys()])}`);
    return [name, compareOne(`${section}.${name}`, found.get(name) as T, wanted)] as const;
  });
  const different = compared.filter(([, { differences }]) => differences.length > 0);
  return {
    differences: different.flatMap(([, { differences }]) => differences),
    actual: Object.fromEntries(different.map(([name, { actual }]) => [name, actual])),
    expected: Object.fromEntries(different.map(([name, one]) => [name, one.expected])),
  };
}

function compareWhole(section: string, actual: readonly unknown[], given: unknown): Compared {
  const { whole, value } = unwrapped(given);
  if (!Array.isArray(value)) throw wrong(section, 'an array', value);
  const expected = value as readonly unknown[];
  const has = (list: readonly unknown[], one: unknown) => list.some((other) => isDeepStrictEqual(other, one));
  const missing = expected.filter((one) => !has(actual, one));
  const extra = whole ? actual.filter((one) => !has(expected, one)) : [];
  const words = (one: unknown) => (typeof one === 'string' ? one : JSON.stringify(one));
  const differences = [
    ...missing.map((one) => `${section}: ${words(one)} is missing`),
    ...extra.map((one) => `${section}: ${words(one)} is not expected`),
  ];
  if (differences.length === 0 && whole && !isDeepStrictEqual(actual, expected))
    differences.push(`${section}: in another order, or not as often as expected`);
  return { differences, actual, expected };
}

/** What a test may say of a call: the members that it names are compared. */
function shortened(call: EffectCall): Readonly<Record<string, unknown>> {
  const { change, attempt, did, why, wrote } = call;
  const { key, operation, at, origin, id } = change;
  return { key: { ...key }, operation, at, origin, id, attempt, did, why, wrote };
}

/** Calls for one row are in order; those for several are made at once, so that their order says nothing. */
function compareCalls(path: string, calls: readonly EffectCall[], given: unknown): Compared {
  const { whole, value } = unwrapped(given);
  if (!Array.isArray(value)) throw wrong(path, 'an array of calls', value);
  const expected = (value as readonly unknown[]).map((one, index) => {
    const known = ['key', 'operation', 'at', 'origin', 'id', 'attempt', 'did', 'why', 'wrote'];
    checkNames(`what is expected of ${path}[${index}]`, one, known);
    return one as Readonly<Record<string, unknown>>;
  });
  const actual = calls.map(shortened);
  const fitting = expected.map((one) => placesOf(actual, (call) => fits(call, one)));
  const { missing, left } = differencesOf(expected, actual, fitting);
  const differences = missing.map((one) => `${path}: no call like ${shownCall(one)}`);
  if (whole) differences.push(...left.map((call) => `${path}: not expected: ${shownCall(call)}`));
  const isOfOneRow = actual.every(({ key }) => isDeepStrictEqual(key, actual[0]?.['key']));
  const groups = expected.map(({ key }) => groupOf(key, isOfOneRow));
  if (differences.length === 0 && !canBeInOrder(fitting, groups))
    differences.push(`${path}: the calls for a row are in another order`);
  return { differences, actual, expected };
}

/** Calls that must be in order; undefined for one without a key, of which nobody says for which of several rows it is. */
function groupOf(key: unknown, isOfOneRow: boolean): string | undefined {
  if (isOfOneRow) return '';
  if (key === undefined) return undefined;
  const parts = isPlainObject(key) ? Object.entries(key) : [];
  return JSON.stringify(parts.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function placesOf<T>(all: readonly T[], isFit: (one: T) => boolean): readonly number[] {
  return all.flatMap((one, place) => (isFit(one) ? [place] : []));
}

/** What is expected and not there, and what is there and not expected, paired as well as possible. */
function differencesOf<T, U>(
  expected: readonly T[],
  actual: readonly U[],
  fitting: readonly (readonly number[])[],
): { readonly missing: readonly T[]; readonly left: readonly U[] } {
  const places = paired(fitting);
  const taken = new Set(places);
  return {
    missing: expected.filter((_, index) => places[index] === undefined),
    left: actual.filter((_, place) => !taken.has(place)),
  };
}

function fits(call: Readonly<Record<string, unknown>>, expected: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(expected).every(
    ([name, value]) => value === undefined || isFitting(call[name], value),
  );
}

function shownCall({ key, ...others }: Readonly<Record<string, unknown>>): string {
  const rest = Object.entries(others).filter(([name, value]) => value !== undefined && SHOWN.includes(name));
  return [JSON.stringify(key), ...rest.map(([name, value]) => `${name} ${String(value)}`)].join(', ');
}

const SHOWN = ['operation', 'attempt', 'did', 'why'];

/** A text stands for a message that has it, a regular expression for one that it matches. */
function isFitting(actual: unknown, expected: unknown): boolean {
  if (expected instanceof RegExp) return typeof actual === 'string' && expected.test(actual);
  return isDeepStrictEqual(actual, expected);
}

function compareFailures(section: string, found: readonly FailedChange[], given: unknown): Compared {
  const { whole, value } = unwrapped(given);
  if (!Array.isArray(value)) throw wrong(section, 'an array', value);
  const expected = (value as readonly unknown[]).map((one, index) => {
    const isWords = typeof one === 'string' || one instanceof RegExp;
    const known = ['kind', 'key', 'operation', 'message', 'fault', 'heldBack'];
    if (!isWords) checkNames(`what is expected of ${section}[${index}]`, one, known);
    return { one, wanted: isWords ? { message: one } : (one as Readonly<Record<string, unknown>>) };
  });
  const fitting = expected.map(({ wanted }) => placesOf(found, (failure) => isLike(failure, wanted)));
  const { missing, left } = differencesOf(expected, found, fitting);
  const differences = missing.map(({ one }) => `${section}: none like ${words(one)}`);
  if (whole)
    for (const { kind, key, message } of left)
      differences.push(`${section}: not expected: ${kind ?? 'a row'} ${JSON.stringify(key)}: ${message}`);
  return { differences, actual: found, expected: value };
}

function isLike(failure: FailedChange, wanted: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(wanted).every(([name, expected]) => {
    const actual = failure[name as keyof FailedChange];
    if (name === 'message' && typeof expected === 'string') return failure.message.includes(expected);
    return isFitting(actual, expected);
  });
}

function words(expected: unknown): string {
  return typeof expected === 'string' || expected instanceof RegExp
    ? String(expected)
    : JSON.stringify(expected, (_, value: unknown) => (value instanceof RegExp ? String(value) : value));
}
