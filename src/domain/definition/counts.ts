import type { CountModel } from '../count.ts';
import type { Decimal } from '../decimal.ts';
import { MARKS, ROWS } from '../stored-rows.ts';
import type { KeySchema } from '../table-model.ts';
import type { Templates } from './template-types.ts';
import { isStringArray, membersOf, named, namesProblem, type Owner, repeatedIn, shown } from './problems.ts';
import type { AnyAttributes, KeyTemplates, RowKind, RowOf } from './row.ts';
import type { KeyTemplate } from './key-template.ts';
import {
  type KeyAttribute,
  keyAttributes,
  keyNames,
  NO_TEMPLATE,
  partsOf,
  templatesOf,
  typedParts,
} from './templates.ts';

/** Strings by name: what a row is counted under. */
export type Tuple = Readonly<Record<string, string>>;

/** The names of attributes that can be of a type; all names where nobody has said what attributes are. */
type NamesOf<A, Type> = {
  [Name in keyof A]-?: unknown extends A[Name] ? Name : Extract<A[Name], Type> extends never ? never : Name;
}[keyof A] &
  string;

type Each<Result> = Result extends readonly (infer One)[] ? NonNullable<One> : NonNullable<Result>;

/** The names in what a `by` gives: those of the attributes that it lists, or those of the tuples that it returns. */
export type NamesIn<By> = By extends readonly (infer Name)[]
  ? Name
  : By extends (row: never) => infer Result
    ? keyof Each<Result>
    : never;

/** The attribute that holds a count: where none is given, the compiler infers any text. */
type NameOfCount<As extends string> = string extends As ? 'count' : As;

/** What is counted, under what, and where the count stands. */
export interface CountsSpec<Key, A, By, At, As = string> {
  /**
   * What a row is counted under. A pure function gives a tuple, an array of them, or undefined; it is also called for rows as
   * they were, where what it throws does no harm. An array of names stands for the tuple of those attributes, trimmed; a row
   * that lacks one, or where one is no string or blank, is not counted.
   */
  readonly by: By;
  /**
   * What a row adds to the count: a number attribute by name, or a pure function. 1 by default. Exact, whatever the
   * digits; may be negative. A row without the attribute is not counted.
   */
  readonly amount?:
    | NamesOf<A, number | bigint | Decimal>
    | ((row: RowOf<Key, A>) => number | bigint | string | Decimal | undefined);
  /**
   * The key of the row that holds a count, made of the tuple's parts. It goes away with the last row that is counted.
   * Where an attribute of the key is a number, its part must be one as text (`1.0` and `1` are one count); where it is
   * bytes, base64url without padding.
   */
  readonly at: Templates<At, NamesIn<By>, keyof Key>;
  /** The attribute that holds the count. Default `count`. */
  readonly as?: As;
  /** Where a table kept its rows' states before it had a definition: templates of the row's key. Others leave it out. */
  readonly state?: { readonly partition: string; readonly sort: string };
}

/** Counts or sums of rows, each in a row of its own. */
export interface Counts<Names extends string = string, As extends string = string> {
  readonly is: 'counts';
  readonly of: RowKind;
  readonly spec: CountsSpec<KeyTemplates, AnyAttributes, unknown, KeyTemplates>;
  /** For the compiler only: never there. */
  readonly types?: { readonly names: Names; readonly as: As };
}

/**
 * Counts rows, or adds up an amount of them, under what `by` gives: each tuple has a row of its own, in the same table.
 * Exact, whatever is delivered twice, late or out of order.
 */
export function counts<
  Key extends KeyTemplates,
  A,
  const By extends
    readonly NamesOf<A, string>[] | ((row: RowOf<Key, A>) => Tuple | readonly Tuple[] | undefined),
  const At extends { readonly [P in keyof Key]: string },
  const As extends string = 'count',
>(of: RowKind<Key, A>, spec: CountsSpec<Key, A, By, At, As>): Counts<NamesIn<By> & string, NameOfCount<As>> {
  return Object.freeze({ is: 'counts', of, spec } as unknown as Counts<
    NamesIn<By> & string,
    NameOfCount<As>
  >);
}

/** Reads a specification, and adds what is wrong with it to the owner's problems. */
export function countModel(owner: Owner, spec: unknown, keys: KeySchema | undefined): CountModel {
  const { name, problem } = owner;
  const members = ['by', 'amount', 'at', 'as', 'state'] as const;
  const { by, amount, at, as = 'count', state } = membersOf(owner, 'its specification', spec, members);
  const attributes = keys && keyNames(keys);
  const typed = keys && keyAttributes(keys);
  const [partition, sort] = templatesOf(owner, 'at', at, typed);
  const parts = partsOf(partition, sort);
  const isRead = partition !== undefined && (keys?.sort === undefined || sort !== undefined);
  const crowded = typed && isRead ? crowdedProblem(typed, [partition, sort]) : undefined;
  if (crowded !== undefined) problem(crowded);
  const repeated = repeatedIn(parts);
  if (repeated !== undefined) problem(`its at names the part <${repeated}> twice`);
  if (amount !== undefined && parts.includes(ROWS))
    problem('its at names the part <rows>, under which its row holds how many rows are added up');
  for (const part of parts)
    if (attributes?.includes(part))
      problem(
        `its at names the part <${part}>, which its row holds as an attribute, and ${part} is one of the table's key: call it otherwise in at and by`,
      );
    else if (MARKS.includes(part))
      problem(`its at names the part <${part}>, under which Contrail writes whose its row is`);
  if (typeof by !== 'function') {
    const wrong = Array.isArray(by) ? namesProblem(by) : 'must be an array of names, or a function';
    if (wrong !== undefined) problem(`its by ${wrong}`);
    else if (isRead) checkTuple(by as readonly string[], parts, problem);
  }
  if (amount !== undefined && typeof amount !== 'function' && (typeof amount !== 'string' || amount === ''))
    problem(`its amount must be the name of an attribute, or a function, and is ${shown(amount)}`);
  if (typeof as !== 'string' || as === '' || as === '__proto__')
    problem(`its as must be the name of an attribute, and is ${shown(as)}`);
  else if ([...parts, ...(attributes ?? []), ...MARKS, ...(amount === undefined ? [] : [ROWS])].includes(as))
    problem(`its as is ${as}, which its row holds otherwise`);
  return {
    name,
    by: isStringArray(by) ? by : named(by, 'by', name),
    amount: typeof amount === 'string' || amount === undefined ? amount : named(amount, 'amount', name),
    partition: partition ?? NO_TEMPLATE,
    sort,
    typed: typedParts([partition, sort], typed ?? []),
    as: String(as),
    state: state === undefined ? undefined : stateOf(owner, state),
  };
}

/** Where any key of the table can be that of a count, none is left for rows. */
function crowdedProblem(
  attributes: readonly KeyAttribute[],
  templates: readonly (KeyTemplate | undefined)[],
): string | undefined {
  if (attributes.some(({ type }, index) => type === 'S' || templates[index]?.fixed !== false))
    return undefined;
  const [{ name, type } = { name: '', type: 'N' }] = attributes.toReversed();
  const own = `{ ${name}: '${type === 'N' ? '-1' : 'AQID'}' }`;
  const remedy =
    attributes.length === 1
      ? `such a table has room for one count without parts, at a value of its own such as ${own}`
      : `give it a value of its own in one attribute, such as ${own}`;
  return `its at can be every key of the table, so that it would overwrite rows: in numbers and bytes nothing stands before a part; ${remedy}`;
}

function checkTuple(by: readonly string[], parts: readonly string[], problem: Owner['problem']): void {
  const given = by.length === 0 ? 'nothing' : by.join(', ');
  for (const part of parts)
    if (!by.includes(part)) problem(`its at names <${part}>, which its by does not give; it gives ${given}`);
  for (const one of by)
    if (!parts.includes(one))
      problem(`its by gives ${one}, which its at does not hold: two tuples would share a count`);
}

const STATE_KEY = [
  { name: 'partition', type: 'S' },
  { name: 'sort', type: 'S' },
] as const;

function stateOf(owner: Owner, state: unknown): CountModel['state'] {
  const { names, problem } = owner;
  const [partition, sort] = templatesOf(owner, 'state', state, STATE_KEY);
  if (partition === undefined || sort === undefined || names === undefined) return undefined;
  const parts = partsOf(partition, sort);
  for (const part of parts)
    if (!names.includes(part)) problem(`its state names <${part}>, which is no part of the row's key`);
  for (const name of names)
    if (!parts.includes(name)) problem(`its state does not hold <${name}>: two rows would share it`);
  return { partition, sort };
}
