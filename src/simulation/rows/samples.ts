import { Decimal } from '../../domain/decimal.ts';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import { keyNames } from '../../domain/definition/templates.ts';
import { Fault } from '../../domain/fault.ts';
import { fromPlain, isPlainObject, kindOf } from '../../domain/plain-value.ts';
import type { RowModel } from '../../domain/table-model.ts';
import { type Value, ValueSet } from '../../domain/value.ts';
import type { Random } from '../../random/random.ts';

/** Rows by the names of their kinds: plain attributes as the document client takes them, without those of the key. */
export type Samples = Readonly<Record<string, readonly object[]>>;

/**
 * The samples of a kind of row, as values of the table; undefined where there are none. Attributes by which the kind is told
 * are added where a sample leaves them out.
 *
 * @throws Fault `configuration` for samples that are none of the kind.
 */
export function samplesOf(
  { model: { keys } }: TableDefinition,
  { name, when = [] }: RowModel,
  samples: Samples,
): readonly ReadonlyMap<string, Value>[] | undefined {
  const own: unknown = Object.hasOwn(samples, name) ? samples[name] : undefined;
  if (own === undefined) return undefined;
  if (!Array.isArray(own) || own.length === 0)
    throw wrong(name, `must be an array of at least one row, and are ${kindOf(own)}`);
  return Array.from<unknown, ReadonlyMap<string, Value>>(own, (sample, index) => {
    const place = `sample ${index + 1}`;
    if (!isPlainObject(sample)) throw wrong(name, `have ${kindOf(sample)} as ${place}`);
    const key = keyNames(keys).find((attribute) => Object.hasOwn(sample, attribute));
    if (key !== undefined)
      throw wrong(name, `have ${key} in ${place}, which is of the key: leave it out, keys are made`);
    for (const { name: attribute, values } of when) {
      const value: unknown = Object.hasOwn(sample, attribute) ? sample[attribute] : values[0];
      if (typeof value !== 'string' || !values.includes(value))
        throw wrong(
          name,
          `have ${typeof value === 'string' ? value : kindOf(value)} as ${attribute} in ${place}, with which it is of another kind`,
        );
    }
    const told = Object.fromEntries(when.map(({ name: attribute, values }) => [attribute, values[0]]));
    try {
      const values = fromPlain({ ...told, ...sample }, '') as Readonly<Record<string, Value>>;
      return new Map(Object.entries(values));
    } catch (error) {
      throw wrong(name, `have what no table can hold in ${place}: ${Fault.from(error).message}`, error);
    }
  });
}

/** @throws Fault `configuration` for samples of a kind that there is not. */
export function checkKinds(kinds: readonly string[], samples: Samples): void {
  for (const name of Object.keys(samples))
    if (!kinds.includes(name))
      throw wrong(name, `are of no kind of row of the definition; there are ${kinds.join(', ')}`);
}

export function wrong(kind: string, problem: string, cause?: unknown): Fault {
  return new Fault('configuration', `the samples of ${kind} rows ${problem}`, {
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A sample mixed with another, and changed a little: each attribute keeps its type. */
export function mutated(
  samples: readonly ReadonlyMap<string, Value>[],
  random: Random,
): ReadonlyMap<string, Value> {
  const row = new Map(random.pick(samples));
  const other = random.pick(samples);
  for (const [name, value] of row) {
    const theirs = other.get(name);
    if (theirs !== undefined && random.chance(0.3)) row.set(name, theirs);
    else if (random.chance(0.2)) row.set(name, like(value, random));
  }
  return row;
}

const ONE = Decimal.parse('1') as Decimal;

function like(value: Value, random: Random): Value {
  if (typeof value === 'string')
    return random.pick([`${value} `, ` ${value}`, `${value}2`, value.slice(0, -1)]);
  if (typeof value === 'boolean') return !value;
  if (value instanceof Decimal)
    return random.pick([value.plus(ONE), value.negated(), sameWrittenOtherwise(value)]);
  if (value instanceof Uint8Array) return Uint8Array.from([...value, random.int(0, 255)]);
  if (value instanceof ValueSet)
    return new ValueSet(random.chance(0.5) ? value.members.toReversed() : value.members.slice(0, 1));
  if (Array.isArray(value)) {
    const list = value as readonly Value[];
    return random.chance(0.5) ? list.toReversed() : list.slice(1);
  }
  if (value === null) return null;
  const members = Object.entries(value);
  if (members.length === 0) return value;
  const [name, member] = random.pick(members);
  const copy = Object.assign(Object.create(null) as Record<string, Value>, value);
  copy[name] = like(member, random);
  return copy;
}

/** The number itself: `1` as `1e0`. */
function sameWrittenOtherwise(value: Decimal): Decimal {
  return Decimal.parse(value.canonical) ?? value;
}
