import { isPlainObject } from '../plain-value.ts';
import type { PartNames } from './key-template.ts';
import type { PartRule } from './overlap.ts';
import type { StandardSchema } from './standard-schema.ts';

/** A template for each attribute of a key, by the attribute's name: `{ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }`. */
export type KeyTemplates = Readonly<Record<string, string>>;

/** The parts of a key, by their names. */
export type Parts<Key> = {
  readonly [
    Name in { [A in keyof Key]: Key[A] extends string ? PartNames<Key[A]> : never }[keyof Key]
  ]: string;
};

/** A row's attributes where nobody has said what they are. */
export type AnyAttributes = Readonly<Record<string, unknown>>;

/** A row, as a function of a definition is given it. */
export interface RowOf<Key, A> {
  /** The parts of its key, by their names. */
  readonly key: Parts<Key>;
  /**
   * Its attributes, keys included, as plain values: strings, numbers, booleans, null, Uint8Array, Set, arrays and
   * objects. Frozen, but for bytes, which are a copy. Decoded when they are first asked for, also by destructuring: a
   * function that takes `{ key }` alone costs little, and needs no images of the stream.
   */
  readonly attributes: Readonly<A>;
}

export interface RowOptions<Key extends KeyTemplates = KeyTemplates, A = unknown> {
  /**
   * What every row of this kind must look like. A row that does not is poison, in the schema's own words. Functions are
   * given what the schema makes of the row; attributes that are only named (`fields`, `by`, `amount`, `repeat`) are those
   * of the row itself.
   */
  readonly schema?: StandardSchema<A>;
  /** What a part of the key may hold, where not anything: one of some values, or anything without a certain character. */
  readonly parts?: { readonly [Name in keyof Parts<Key>]?: PartRule };
  /** `exact`: numbers are given as Decimal, with every digit, instead of as JavaScript numbers. */
  readonly numbers?: 'exact';
  /**
   * Whether a key that begins like this kind's, but lacks a part or has one that is not allowed, is poison. Otherwise,
   * by default, it is the key of some other row, from which nothing is derived.
   */
  readonly strict?: boolean;
  /** Says that nothing is derived from these rows: they are named so that no other kind takes them for its own. */
  readonly derives?: 'nothing';
}

/** A kind of row: what its keys look like, and what its attributes are. */
export interface RowKind<Key extends KeyTemplates = KeyTemplates, A = AnyAttributes> {
  readonly is: 'row';
  readonly key: Key;
  readonly options: RowOptions<Key, A>;
  /** Says what the attributes are, for the types only: nothing checks it. A `schema` does. */
  with<B>(options?: { readonly numbers?: 'exact' }): RowKind<Key, B>;
}

export function isRowKind(given: unknown): given is RowKind {
  return isPlainObject(given) && given['is'] === 'row';
}

/**
 * Declares a kind of row by its key.
 *
 * @param key a template for each attribute of the table's key. A `<part>` holds any characters, at least one, and ends
 *   where what follows it in the template first occurs.
 */
export function row<const Key extends KeyTemplates, A = AnyAttributes>(
  key: Key,
  options: RowOptions<Key, A> = {},
): RowKind<Key, A> {
  return Object.freeze({
    is: 'row',
    key,
    options,
    with: <B>(more: { readonly numbers?: 'exact' } = {}) =>
      row<Key, B>(key, { ...(options as unknown as RowOptions<Key, B>), ...more }),
  });
}
