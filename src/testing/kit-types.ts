import type { Decimal } from '../domain/decimal.ts';
import type { Counts } from '../domain/definition/counts.ts';
import type { Documents } from '../domain/definition/documents.ts';
import type { Effect } from '../domain/definition/effect.ts';
import type { Pointer } from '../domain/definition/pointer.ts';
import type { AnyAttributes, KeyTemplates, Parts, RowKind } from '../domain/definition/row.ts';
import type { GivenChange } from '../domain/effect.ts';
import type { Drift } from '../application/verify/verify.ts';
import type { EffectCall, FailingAttempts } from './effect-calls.ts';
import type { FailedChange } from './found.ts';
import type { Including } from './including.ts';
import type { GivenRow, RowRemoval, RowUpdate } from './row-factory.ts';

/* What the compiler knows of a kit, from the definition that it is of. Where it knows nothing of that, any name will do. */

/** A value as a test may write it: a number as any that holds its digits. */
export type Plain<T> = unknown extends T
  ? unknown
  : T extends number | bigint | Decimal
    ? number | bigint | Decimal
    : T extends Uint8Array
      ? Uint8Array
      : T extends ReadonlySet<infer Member>
        ? ReadonlySet<Plain<Member>>
        : T extends object
          ? { readonly [Name in keyof T]: Plain<T[Name]> }
          : T;

/** The parts of a key. One that is all of an attribute that is a number or bytes may be given as such. */
export type KeyGiven<Key> = {
  readonly [Part in keyof Parts<Key>]: string | number | bigint | Decimal | Uint8Array;
};

/** Those of the key are made by its parts. */
type OwnAttributes<Key, A> = string extends keyof A ? A : Omit<A, keyof Key>;

/** Makes rows of a kind, and changes of them. */
export interface RowFactory<Key, A> {
  /** A row. As a change, it is put: whatever was there is replaced. */
  (key: KeyGiven<Key>, ...attributes: AttributesGiven<OwnAttributes<Key, A>>): GivenRow;
  /** Sets attributes of a row that is there; one that is undefined is removed. */
  update(
    key: KeyGiven<Key>,
    attributes: { readonly [Name in keyof OwnAttributes<Key, A>]?: Plain<A[Name & keyof A]> | undefined },
  ): RowUpdate;
  /** Removes a row that is there. */
  remove(key: KeyGiven<Key>): RowRemoval;
  /** Removes a row that is there as the table's time-to-live does. */
  expire(key: KeyGiven<Key>): RowRemoval;
}

/** They may be left out where none must be given. */
type AttributesGiven<A> = Partial<A> extends A ? [attributes?: Plain<A>] : [attributes: Plain<A>];

/** What a kind's rows hold in the table. */
type StoredIn<A, Stored> = unknown extends Stored ? A : Stored;

/** A factory for each kind of row. */
export type RowFactories<Rows> = unknown extends Rows
  ? Readonly<Record<string, RowFactory<KeyTemplates, AnyAttributes>>>
  : {
      readonly [Name in keyof Rows]: Rows[Name] extends RowKind<infer Key, infer A, infer Stored>
        ? RowFactory<Key, StoredIn<A, Stored>>
        : never;
    };

/** All of it, or a part of it by `including`. */
type Expecting<T> = T | Including<{ readonly [Name in keyof T]?: T[Name] }>;
type ExpectingList<T> = readonly T[] | Including<readonly T[]>;

/** The names of the derivations of a kind. */
type NamesOf<Derived, Kind> = unknown extends Derived
  ? string
  : { [Name in keyof Derived]: Derived[Name] extends { readonly is: Kind } ? Name : never }[keyof Derived];

type Each<Derived> = Derived[keyof Derived];

type Collections<Derived> = unknown extends Derived
  ? string
  : Each<Derived> extends infer One
    ? One extends Documents<infer Collection>
      ? Collection
      : never
    : never;

/** The documents of a collection, which may be of several kinds. */
type DocumentIn<Derived, Collection> =
  Each<Derived> extends infer One
    ? One extends Documents<infer Name, infer Document>
      ? Collection extends Name
        ? Plain<Document>
        : never
      : never
    : never;

type DocumentExpected<Derived, Collection> = unknown extends Derived
  ? AnyAttributes
  : DocumentIn<Derived, Collection> & { readonly id?: string };

type CountExpected<Derivation> =
  Derivation extends Counts<infer Names, infer As>
    ? { readonly [Name in Names]: string } & { readonly [Name in As]: number | bigint | Decimal }
    : AnyAttributes;

type PointerExpected<Derivation> =
  Derivation extends Pointer<infer Row> ? (unknown extends Row ? AnyAttributes : Plain<Row>) : AnyAttributes;

/** A change, as the code of an effect is given it. */
export type ChangeFor<Derivation> =
  Derivation extends Effect<infer Change> ? (unknown extends Change ? GivenChange : Change) : GivenChange;

type KeyFor<Derivation> =
  ChangeFor<Derivation> extends { readonly key: infer Key } ? Key : Readonly<Record<string, string>>;

/** What a call of an effect must be: the members that are named are compared. */
export interface CallExpected<Derivation> {
  readonly key?: KeyFor<Derivation>;
  readonly operation?: GivenChange['operation'];
  readonly at?: number;
  readonly origin?: GivenChange['origin'];
  readonly id?: string;
  readonly attempt?: number;
  readonly did?: EffectCall['did'];
  readonly why?: string | RegExp;
  readonly wrote?: unknown;
}

type FailureExpected =
  string | RegExp | (Partial<Omit<FailedChange, 'message'>> & { readonly message?: string | RegExp });

type At<Derived, Name> = Name extends keyof Derived ? Derived[Name] : unknown;

/** What must be there: only what is named is compared, and of that all, unless `including` says otherwise. */
export interface Expected<Derived = unknown> {
  /** By collection and id. A document's own `id` is one of its fields. */
  readonly documents?: {
    readonly [Collection in Collections<Derived>]?: Expecting<
      Readonly<Record<string, Expecting<DocumentExpected<Derived, Collection>>>>
    >;
  };
  /** By derivation: the parts of the tuple, and the number under the name that it has in the count's row. */
  readonly counts?: {
    readonly [Name in NamesOf<Derived, 'counts'>]?: ExpectingList<CountExpected<At<Derived, Name>>>;
  };
  /** By derivation: the parts of the key of the row that is pointed to, and what is repeated of it. */
  readonly pointers?: {
    readonly [Name in NamesOf<Derived, 'pointer'>]?: ExpectingList<
      Expecting<PointerExpected<At<Derived, Name>>>
    >;
  };
  /** Rows that `rows` derives, by table: all their attributes, those of their keys among them, but for `derived_from`. */
  readonly rows?: Readonly<Record<string, ExpectingList<Expecting<AnyAttributes>>>>;
  /** By effect, the calls that `when` led to: those for a row in their order. */
  readonly effects?: {
    readonly [Name in NamesOf<Derived, 'effect'>]?: ExpectingList<CallExpected<At<Derived, Name>>>;
  };
  /** What `when` sent to the search queue: `upsert orders/anna:1`, `delete orders/anna:2`. */
  readonly sent?: ExpectingList<string>;
  /** What failed: by a part of the message, a regular expression, or by members. None, unless named. */
  readonly failures?: ExpectingList<FailureExpected>;
  /** What went to quarantine. None, unless named. */
  readonly quarantined?: ExpectingList<FailureExpected>;
  /** What differs from an independent recount from the rows: `[]` says that nothing does. */
  readonly drift?: readonly Drift[];
}

/** All that there is, as plain values: numbers where JavaScript holds them exactly, else bigint or Decimal. */
export interface State<Derived = unknown> {
  readonly documents: {
    readonly [Collection in Collections<Derived>]: Readonly<
      Record<string, Readonly<Record<string, unknown>>>
    >;
  };
  readonly counts: { readonly [Name in NamesOf<Derived, 'counts'>]: readonly AnyAttributes[] };
  readonly pointers: { readonly [Name in NamesOf<Derived, 'pointer'>]: readonly AnyAttributes[] };
  readonly rows: Readonly<Record<string, readonly AnyAttributes[] | undefined>>;
  readonly effects: {
    readonly [Name in NamesOf<Derived, 'effect'>]: readonly EffectCall<ChangeFor<At<Derived, Name>>>[];
  };
  readonly sent: readonly string[];
  readonly failures: readonly FailedChange[];
  readonly quarantined: readonly FailedChange[];
  readonly drift: readonly Drift[];
}

/** By effect, which attempts fail. */
export type FailingOf<Derived> = {
  readonly [Name in NamesOf<Derived, 'effect'>]?: FailingAttempts<ChangeFor<At<Derived, Name>>>;
};
