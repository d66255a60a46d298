import type { SourceRecord } from '../change.ts';
import type { Decimal } from '../decimal.ts';
import type { AnyAttributes, Parts, RowKind } from './row.ts';
import type { ChangeOf } from './rows.ts';

/** What is known of every change that is read from a stream. */
interface ReadRow<Kind, Key> extends Omit<ChangeOf, 'operation'> {
  /** What the definition calls rows of this kind; undefined where there is no definition. */
  readonly kind: Kind;
  /** The parts of the row's key, by their names; the key's attributes where there is no definition. */
  readonly key: Key;
  /** The same whenever this change is delivered, and different for every other: to recognise a repeat by. */
  readonly id: string;
  /** The whole record as the stream has it: a copy, made when it is asked for. */
  readonly record: SourceRecord;
}

/** A row that came. */
export interface InsertedRow<Kind, Key, A> extends ReadRow<Kind, Key> {
  readonly operation: 'INSERT';
  readonly before: undefined;
  readonly after: Readonly<A>;
}

/** A row that changed. */
export interface ModifiedRow<Kind, Key, A> extends ReadRow<Kind, Key> {
  readonly operation: 'MODIFY';
  readonly before: Readonly<A>;
  readonly after: Readonly<A>;
}

/** A row that went. */
export interface RemovedRow<Kind, Key, A> extends ReadRow<Kind, Key> {
  readonly operation: 'REMOVE';
  readonly before: Readonly<A>;
  readonly after: undefined;
}

/**
 * A change of a row, as it is read from a stream. Attributes are plain frozen values, as functions of a definition are given them. An
 * image that the stream does not carry throws a Fault `configuration` when it is asked for.
 */
export type ReadChange<Kind, Key, A> =
  InsertedRow<Kind, Key, A> | ModifiedRow<Kind, Key, A> | RemovedRow<Kind, Key, A>;

/** A change of a row where there is no definition: numbers, those of the key too, are Decimal, with every digit, and bytes Uint8Array. */
export type RawChange = ReadChange<
  undefined,
  Readonly<Record<string, string | Decimal | Uint8Array>>,
  AnyAttributes
>;

/** The changes of all kinds of rows of a definition, told apart by `kind` and `operation`. */
export type ChangesOf<Rows> = unknown extends Rows
  ? ReadChange<string, Readonly<Record<string, string>>, AnyAttributes>
  : {
      [Name in keyof Rows & string]: Rows[Name] extends RowKind<infer Key, infer A>
        ? ReadChange<Name, Parts<Key>, A>
        : never;
    }[keyof Rows & string];
