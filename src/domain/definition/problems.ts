import { isPlainObject, kindOf } from '../plain-value.ts';
import type { Named, RowView } from '../row-view.ts';

/** What is checked: its name, the parts of its row's key, and where problems with it go. */
export interface Owner {
  readonly name: string;
  /** Undefined where the key could not be read: then nothing is said about what depends on it. */
  readonly names: readonly string[] | undefined;
  readonly problem: (what: string) => void;
}

/**
 * The members of an object that somebody has written down; none where it is no object. Members of other names than the
 * known are misspelt, more likely than not, and would be ignored in silence.
 */
export function membersOf<Member extends string>(
  { problem }: Pick<Owner, 'problem'>,
  what: string,
  value: unknown,
  known: readonly Member[],
): { readonly [Name in Member]?: unknown } {
  if (!isPlainObject(value)) {
    problem(`${what} must be an object with ${known.join(', ')}, and is ${kindOf(value)}`);
    return {};
  }
  for (const name of Object.keys(value))
    if (!(known as readonly string[]).includes(name))
      problem(`${what} has ${name}, which is unknown; there are ${known.join(', ')}`);
  return value as { readonly [Name in Member]?: unknown };
}

/** What is wrong with a list of names, as the end of a sentence; undefined when nothing is. */
export function namesProblem(value: unknown): string | undefined {
  if (!isStringArray(value)) return 'must be an array of names';
  if (value.includes('__proto__')) return 'must not name __proto__, which every object has';
  const repeated = repeatedIn(value);
  return repeated === undefined ? undefined : `must not name ${repeated} twice`;
}

/**
 * What is wrong with a list, as the end of a sentence: what it is, or what it has that it must not. Undefined when nothing is.
 *
 * @param isRight whether something may be in the list.
 */
export function listProblem(value: unknown, isRight: (member: unknown) => boolean): string | undefined {
  if (!Array.isArray(value)) return `is ${shown(value)}`;
  const members = Array.from<unknown>(value);
  if (members.length === 0) return 'is an empty array';
  const wrong = members.findIndex((member) => !isRight(member));
  if (wrong >= 0) return `has ${shown(members[wrong])}`;
  const repeated = repeatedIn(members);
  return repeated === undefined ? undefined : `has ${shown(repeated)} twice`;
}

/** Whether something is a text that a table can hold, and not empty. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.isWellFormed();
}

export function isStringArray(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    Array.from<unknown>(value).every((member) => typeof member === 'string' && member !== '')
  );
}

export function repeatedIn<T>(names: readonly T[]): T | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}

/** A value for a message. */
export function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? JSON.stringify(value) : kindOf(value);
}

/** A function of a specification, with what messages call it. */
export function named(run: unknown, member: string, derivation: string): Named<(row: RowView) => unknown> {
  return { name: `${member} of the derivation ${derivation}`, run: run as (row: RowView) => unknown };
}
