import { compareTexts } from './compare-texts.ts';
import { Decimal } from './decimal.ts';
import type { KeyTemplate } from './definition/key-template.ts';
import { Fault } from './fault.ts';
import { canonicalKeyText, type TypedPart } from './key-value.ts';
import { isPlainObject, kindOf } from './plain-value.ts';
import type { ItemKey, Row } from './row.ts';
import { callFor, describeRow, type Named, type RowView, unfit } from './row-view.ts';
import type { Attributes } from './value.ts';

/** What a row is counted under: strings by name, none of them empty. */
export type Tuple = Readonly<Record<string, string>>;

/** Counts of one kind of row. */
export interface CountModel {
  /** The derivation's name. */
  readonly name: string;
  /** Attributes whose trimmed strings are the tuple, or a function that gives tuples. */
  readonly by: readonly string[] | Named<(row: RowView) => unknown>;
  /** What a row adds: a number attribute, or a function; undefined for 1. */
  readonly amount: string | Named<(row: RowView) => unknown> | undefined;
  /** The key of a count's row. Its parts are the tuple's. */
  readonly partition: KeyTemplate;
  readonly sort: KeyTemplate | undefined;
  /** The tuple's parts that are numbers or bytes in that key. */
  readonly typed: readonly TypedPart[];
  /** The attribute that holds the count. */
  readonly as: string;
  /** Templates of the source row's key, for the row where what it contributes is kept; undefined for the usual one. */
  readonly state: { readonly partition: KeyTemplate; readonly sort: KeyTemplate } | undefined;
}

/** What a row is counted under, and how much it adds there. */
export interface Held {
  readonly tuple: Tuple;
  readonly amount: Decimal;
}

/** What one row adds to one count. */
export interface Contribution extends Held {
  /** The key of the count's row. Kept with it, because a definition may change. */
  readonly at: ItemKey;
}

const ONE = Decimal.parse('1') as Decimal;
const NOTHING: readonly Held[] = [];

/**
 * What a row holds: nothing, one tuple, or several different ones.
 *
 * @throws Fault `permanent` when a function of the definition fails, a tuple lacks a part or has one that the
 *   count's key cannot hold, or the amount is no number;
 *   `configuration` when a tuple has a part that the count's key does not hold, or a function returns a promise.
 */
export function heldBy(model: CountModel, row: Row, attributes: Attributes): readonly Held[] {
  const given = tuplesOf(model, row, attributes);
  const tuples = model.typed.length === 0 ? given : given.map((tuple) => fittingTuple(tuple, model, row));
  if (tuples.length === 0) return NOTHING;
  const amount = amountOf(model, row, attributes);
  if (amount === undefined) return NOTHING;
  const [only] = tuples;
  if (only !== undefined && tuples.length === 1) return [{ tuple: only, amount }];
  const held = tuples.map((tuple) => ({ tuple, amount }));
  return [...new Map(held.map((one) => [tupleKey(one.tuple), one])).values()];
}

export function contributionOf(model: CountModel, { tuple, amount }: Held): Contribution {
  return { tuple, amount, at: countKey(model, tuple) };
}

/** One string per tuple, whatever the order of its names; no two tuples of the same names share one. */
export function tupleKey(tuple: Tuple): string {
  const names = Object.keys(tuple).toSorted(compareTexts);
  return JSON.stringify(names.map((name) => tuple[name]));
}

/** The names of a tuple's parts, in the order of the templates. */
export function tupleNames({ partition, sort }: CountModel): readonly string[] {
  return [...partition.names, ...(sort?.names ?? [])];
}

/** The key of the row that holds a tuple's count. */
export function countKey({ partition, sort }: CountModel, tuple: Tuple): ItemKey {
  const partsOf = ({ names }: KeyTemplate) => names.map((name) => tuple[name] ?? '');
  return { partition: partition.render(partsOf(partition)), sort: sort?.render(partsOf(sort)) };
}

/** A permanent Fault for a tuple whose row's key could be another's as well; undefined for all others. */
export function tupleFault({ name, partition, sort }: CountModel, row: Row, tuple: Tuple): Fault | undefined {
  for (const template of sort === undefined ? [partition] : [partition, sort]) {
    const why = template.unsuitable(template.names.map((name) => tuple[name] ?? ''));
    if (why !== undefined)
      return new Fault(
        'permanent',
        `the derivation ${name} counts ${describeRow(row)} under ${tupleKey(tuple)}, which has no unambiguous key: ${why}`,
        { reason: `a tuple has no unambiguous key: ${why}` },
      );
  }
  return undefined;
}

function tuplesOf(model: CountModel, row: Row, attributes: Attributes): readonly Tuple[] {
  const { by } = model;
  if (isNames(by)) {
    const tuple: Record<string, string> = {};
    let isWhole = true;
    // Goes on after a missing one: whether an attribute can be decoded must not depend on the others.
    for (const name of by) {
      const value = attributes.get(name);
      const text = typeof value === 'string' ? value.trim() : '';
      if (text === '') isWhole = false;
      else tuple[name] = text;
    }
    return isWhole ? [tuple] : [];
  }
  const names = tupleNames(model);
  return callFor(by, row, attributes, (given) => {
    if (given === undefined || given === null) return [];
    const tuples = Array.isArray(given) ? Array.from<unknown>(given) : [given];
    return tuples.map((one) => tupleFrom(one, names, by, row));
  });
}

/** The tuple with the texts that keys have, so that what is one key is one count. */
function fittingTuple(tuple: Tuple, { name, typed }: CountModel, row: Row): Tuple {
  const fitting = { ...tuple };
  for (const { part, attribute, type } of typed) {
    const text = canonicalKeyText(tuple[part] ?? '', type);
    // Bytes have one text: others would be typing errors, taken for what somebody else means.
    if (text === undefined || (type === 'B' && text !== tuple[part])) {
      const expected =
        type === 'N' ? 'a number that a table can hold' : 'bytes as base64url without padding, such as AQ';
      const problem = `its at.${attribute} is of type ${type}, so that it must be ${expected}`;
      throw new Fault(
        'permanent',
        `the derivation ${name} counts ${describeRow(row)} under ${JSON.stringify(tuple[part])} as ${part}: ${problem}`,
        { reason: `the derivation ${name} counts a row under a wrong ${part}: ${problem}` },
      );
    }
    fitting[part] = text;
  }
  return fitting;
}

function tupleFrom(given: unknown, names: readonly string[], by: Named<unknown>, row: Row): Tuple {
  if (!isPlainObject(given)) throw unfit(by, row, `returned ${kindOf(given)} where a tuple is expected`);
  const tuple: Record<string, string> = {};
  for (const name of names) {
    const part = Object.hasOwn(given, name) ? given[name] : undefined;
    if (part === undefined) throw unfit(by, row, `returned a tuple without ${name}`);
    if (typeof part !== 'string')
      throw unfit(by, row, `returned a tuple whose ${name} is ${kindOf(part)}, no string`);
    if (part === '') throw unfit(by, row, `returned a tuple whose ${name} is empty`);
    tuple[name] = part;
  }
  const other = Object.keys(given).find((name) => given[name] !== undefined && !names.includes(name));
  // Not the row's fault: the definition's.
  if (other !== undefined)
    throw unfit(by, row, `returned a tuple with ${other}, which its at does not hold`, {
      kind: 'configuration',
    });
  return tuple;
}

function amountOf({ name, amount }: CountModel, row: Row, attributes: Attributes): Decimal | undefined {
  if (amount === undefined) return ONE;
  if (typeof amount !== 'string')
    return callFor(amount, row, attributes, (given) => {
      if (given === undefined) return undefined;
      const decimal = decimalFrom(given);
      if (decimal?.isStorable()) return decimal;
      const what =
        typeof given === 'number'
          ? String(given)
          : typeof given === 'string'
            ? JSON.stringify(given)
            : kindOf(given);
      throw unfit(amount, row, `returned ${what}, which is no number that a table can hold`, {
        reason: 'returned no number that a table can hold',
      });
    });
  const value = attributes.get(amount);
  // A string is not a number, whatever it says.
  if (value === undefined || value instanceof Decimal) return value;
  throw new Fault(
    'permanent',
    `${amount} of ${describeRow(row)} is no number, so that the derivation ${name} cannot add it up`,
    {
      reason: `${amount} of the ${row.model.name} row is no number`,
    },
  );
}

/** The number that a function has returned: exact digits may come as a text. */
function decimalFrom(given: unknown): Decimal | undefined {
  if (Decimal.is(given)) return Decimal.parse(given.text);
  return ['number', 'bigint', 'string'].includes(typeof given) ? Decimal.parse(String(given)) : undefined;
}

function isNames(by: CountModel['by']): by is readonly string[] {
  return Array.isArray(by);
}
