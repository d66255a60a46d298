import { isPlainObject } from '../plain-value.ts';
import type { PartRule } from './overlap.ts';
import type { InputOf, OutputOf, StandardSchema } from './standard-schema.ts';
import type { PartNames, Templates } from './template-types.ts';

/** A template for each attribute of a key, by the attribute's name: `{ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }`. */
export type KeyTemplates = Readonly<Record<string, string>>;

/** The parts of a key, by their names: texts, also of an attribute that is a number (its digits) or bytes (base64url). */
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

/** What attributes say of a row of some kind: a string, or one of several. */
export type When<A> = { readonly [Name in keyof A & string]?: TextIn<A[Name]> | readonly TextIn<A[Name]>[] };

type TextIn<Type> = unknown extends Type ? string : Extract<Type, string>;

export interface RowOptions<
  Key extends KeyTemplates = KeyTemplates,
  Schema extends StandardSchema = StandardSchema,
> {
  /**
   * What every row of this kind must look like. A row that does not is poison, in the schema's own words. Functions are
   * given what the schema makes of the row; attributes that are only named (`fields`, `by`, `amount`, `repeat`) are those
   * of the row itself.
   */
  readonly schema?: Schema;
  /** What a part of the key may hold, where not anything: one of some values, or anything without a certain character. */
  readonly parts?: { readonly [Name in keyof Parts<Key>]?: PartRule };
  /**
   * By what attributes rows of this kind are told from others that have such keys: `{ _et: 'Order' }`, or `{ _et: ['Order',
   * 'Draft'] }`. Each must hold one of its values, a string. Needs the images of the stream. A row whose attribute changes
   * is removed for one kind, and inserted for another.
   */
  readonly when?: When<OutputOf<NoInfer<Schema>>>;
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
export interface RowKind<Key extends KeyTemplates = KeyTemplates, A = AnyAttributes, Stored = unknown> {
  readonly is: 'row';
  readonly key: Key;
  readonly options: RowOptions<Key, StandardSchema<A>>;
  /** Says what the attributes are, for the types only: nothing checks it. A `schema` does. */
  with<B>(options?: { readonly numbers?: 'exact' }): RowKind<Key, B>;
  /** For the compiler only, never there: what the table holds, where the schema says that it takes something else than it gives. */
  readonly types?: { readonly stored: Stored };
}

export function isRowKind(given: unknown): given is RowKind {
  return isPlainObject(given) && given['is'] === 'row';
}

/**
 * Declares a kind of row by its key.
 *
 * @param key a template for each attribute of the table's key. A `<part>` holds any characters, at least one, and ends
 *   where what follows it in the template first occurs. Of an attribute of type N or B, the template is one part alone, or
 *   a number (`0`) or bytes (base64url).
 */
export function row<
  const Key extends KeyTemplates,
  Schema extends StandardSchema = StandardSchema<AnyAttributes>,
>(
  key: Templates<Key, string, keyof Key>,
  options: RowOptions<Key, Schema> = {},
): RowKind<Key, OutputOf<Schema>, InputOf<Schema>> {
  return rowKind(
    key as KeyTemplates as Key,
    options as unknown as RowOptions<Key, StandardSchema<OutputOf<Schema>>>,
  );
}

function rowKind<Key extends KeyTemplates, A, Stored>(
  key: Key,
  options: RowOptions<Key, StandardSchema<A>>,
): RowKind<Key, A, Stored> {
  return Object.freeze({
    is: 'row',
    key,
    options,
    with: <B>(more: { readonly numbers?: 'exact' } = {}) =>
      rowKind(key, { ...(options as unknown as RowOptions<Key, StandardSchema<B>>), ...more }),
  });
}
