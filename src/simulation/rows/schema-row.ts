import type { SchemaIssue, StandardSchema } from '../../domain/definition/standard-schema.ts';
import type { Random } from '../../random/random.ts';
import { shuffled } from './keys.ts';

/*
 * A row that fits a Standard Schema, which can do nothing but validate. Its issues say where something is wrong, and its words
 * what would be right, more often than not: so a row is put right issue by issue.
 */

const CANDIDATES: readonly unknown[] = [
  ...['a', 1, true, 'ab', 'abcdefgh', 0, 2026, -1, 0.5, null, false, '1'],
  ...[{}, [], ['a'], [1], [{}], [[]], new Set(['a']), new Set([1]), { a: 'a' }, { a: 1 }, Uint8Array.of(1)],
  ...['2026-01-05T09:00:00.000Z', '2026-01-05', '09:00:00', 'a@example.com', 'https://example.com/a'],
  ...['01935c2e-5d3f-7b6a-9c1d-2f4e6a8b0c1d', '01JGT0000000000000000000A0', 'DE', 'EUR', '12345', ''],
];

/** So many issues are put right. */
const MOST_STEPS = 200;

type Tree = Readonly<Record<string, unknown>>;

/**
 * @param start what the row has anyway, such as its key.
 * @returns undefined where none was found.
 */
export function rowThatFits(schema: StandardSchema, start: Tree, random: Random): Tree | undefined {
  let row = start;
  for (let step = 0; step < MOST_STEPS; step++) {
    const issues = issuesOf(schema, row);
    if (issues === undefined) return undefined;
    if (issues.length === 0) return row;
    const better = firstOf(issues, (issue) => putRight(schema, row, issue, random));
    if (better === undefined) return undefined;
    row = better;
  }
  return undefined;
}

function putRight(schema: StandardSchema, row: Tree, issue: SchemaIssue, random: Random): Tree | undefined {
  const path = pathOf(issue);
  if (path.length === 0) return undefined;
  const tried = new Set<unknown>();
  const left = [...shuffled(wordsIn(issue), random), ...CANDIDATES];
  // What is said of one may say what would be right.
  for (const candidate of left) {
    if (tried.has(candidate)) continue;
    tried.add(candidate);
    const next = withValue(row, path, candidate);
    const issues = issuesOf(schema, next);
    const same = issues?.filter((one) => isAt(pathOf(one), path));
    // What is wrong within it, the next step puts right.
    if (same?.length === 0) return next;
    for (const one of same ?? []) left.push(...shuffled(wordsIn(one), random));
  }
  return undefined;
}

/** What a value may have to be, as an issue has it: a text in quotes; a number, or a text of that length. */
function wordsIn({ message }: SchemaIssue): readonly unknown[] {
  const quoted = [...message.matchAll(/["'`]([^"'`]*)["'`]/g)].map(([, text]) => text);
  const numbers = [...message.matchAll(/-?\d+(?:\.\d+)?/g)].map(([digits]) => Number(digits));
  const lengths = numbers.filter((number) => Number.isInteger(number) && number > 0 && number <= LONGEST);
  return [
    ...quoted,
    ...numbers.flatMap((number) => [number, number + 1, number - 1]),
    ...lengths.map((length) => 'a'.repeat(length)),
  ];
}

/** Characters of a text that is made as long as an issue says. */
const LONGEST = 1_000;

function firstOf<T, Found>(all: readonly T[], find: (one: T) => Found | undefined): Found | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Undefined where the schema throws, or answers later. */
function issuesOf(schema: StandardSchema, row: Tree): readonly SchemaIssue[] | undefined {
  try {
    const result = schema['~standard'].validate(row);
    if (!('then' in result)) return result.issues ?? [];
    result.catch(() => undefined);
  } catch {
    // Then it takes no such row.
  }
  return undefined;
}

function pathOf({ path = [] }: SchemaIssue): readonly PropertyKey[] {
  return path.map((step) => (typeof step === 'object' ? step.key : step));
}

function isAt(path: readonly PropertyKey[], other: readonly PropertyKey[]): boolean {
  return path.length === other.length && path.every((step, index) => String(step) === String(other[index]));
}

/** A copy with another value at a place. */
function withValue(tree: unknown, [first, ...rest]: readonly PropertyKey[], value: unknown): Tree {
  const copy: unknown = Array.isArray(tree)
    ? [...(tree as unknown[])]
    : { ...(typeof tree === 'object' && tree !== null ? tree : {}) };
  const inner = (copy as Record<PropertyKey, unknown>)[first ?? ''];
  // Defined, not assigned, because of an attribute named __proto__.
  Object.defineProperty(copy, first ?? '', {
    value: rest.length === 0 ? value : withValue(inner, rest, value),
    ...{ writable: true, enumerable: true, configurable: true },
  });
  return copy as Tree;
}
