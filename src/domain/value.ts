import { Decimal } from './decimal.ts';

/**
 * An attribute's value. Maps have no prototype, so that an attribute named `__proto__` or `constructor` is an
 * attribute and nothing else.
 */
export type Value =
  | null
  | boolean
  | string
  | Decimal
  | Uint8Array
  | ValueSet
  | readonly Value[]
  | { readonly [name: string]: Value };

/** A member of a string, number or binary set. */
export type SetMember = string | Decimal | Uint8Array;

/** A set of strings, numbers or byte strings. The table keeps no order, so neither does equality. */
export class ValueSet {
  readonly members: readonly SetMember[];

  constructor(members: readonly SetMember[]) {
    this.members = members;
  }

  equals(other: ValueSet): boolean {
    const mine = new Set(this.members.map(memberKey));
    const theirs = new Set(other.members.map(memberKey));
    return mine.size === theirs.size && [...mine].every((key) => theirs.has(key));
  }
}

/** One string per member: a row has room for a hundred thousand, too many to compare pairwise. */
function memberKey(member: SetMember): string {
  if (typeof member === 'string') return `S${member}`;
  return member instanceof Decimal ? `N${member.canonical}` : `B${member.join()}`;
}

/** The attributes of a row, each decoded when it is asked for. */
export interface Attributes {
  /** The attribute's value, or undefined when the row has none of that name. */
  get(name: string): Value | undefined;
  /** Every attribute, decoded. */
  all(): ReadonlyMap<string, Value>;
  /** Whether both hold the same attributes, if possible without decoding them. */
  equals(other: Attributes): boolean;
}

/** Attributes that are already decoded. */
export class DecodedAttributes implements Attributes {
  readonly #values: ReadonlyMap<string, Value>;

  constructor(values: ReadonlyMap<string, Value>) {
    this.#values = values;
  }

  static of(values: Readonly<Record<string, Value>>): DecodedAttributes {
    return new DecodedAttributes(new Map(Object.entries(values)));
  }

  get(name: string): Value | undefined {
    return this.#values.get(name);
  }

  all(): ReadonlyMap<string, Value> {
    return this.#values;
  }

  equals(other: Attributes): boolean {
    return equalAttributes(this, other);
  }
}

/** Deep equality; numbers by value, sets whatever their order. */
export function equalValues(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Decimal) return b instanceof Decimal && a.equals(b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && equalBytes(a, b);
  if (a instanceof ValueSet) return b instanceof ValueSet && a.equals(b);
  if (isList(a)) return isList(b) && equalLists(a, b);
  if (b instanceof Decimal || b instanceof Uint8Array || b instanceof ValueSet || isList(b)) return false;
  return equalRecords(a, b);
}

/** Equality of all attributes, each decoded. */
export function equalAttributes(a: Attributes, b: Attributes): boolean {
  return equalRecords(Object.fromEntries(a.all()), Object.fromEntries(b.all()));
}

/** Equality of two maps from names to values, whatever the order of their names. */
export function equalRecords(
  a: Readonly<Record<string, Value>>,
  b: Readonly<Record<string, Value>>,
): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && equalValues(a[name], b[name]))
  );
}

function equalLists(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((value, index) => equalValues(value, b[index]));
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
