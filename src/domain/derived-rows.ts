import type { Change, Operation } from './change.ts';
import { Fault } from './fault.ts';
import { base64url } from './base64.ts';
import { Decimal } from './decimal.ts';
import { keyFrom } from './derived-key.ts';
import { checkPlace } from './derived-place.ts';
import { toJson } from './json.ts';
import type { KeyValue } from './key-value.ts';
import { fromPlain, isPlainObject, kindOf } from './plain-value.ts';
import { type ItemKey, itemKey, keyOf, readItemKey, type Row } from './row.ts';
import { callFor, type Named, RowView, unfit } from './row-view.ts';
import { DERIVED_FROM } from './stored-rows.ts';
import type { KeySchema, RowModel, TableModel } from './table-model.ts';
import { type Attributes, equalRecords, type Value } from './value.ts';
import { passesFence, type Version } from './version.ts';

/** Rows derived from one kind of row. */
export interface RowsModel {
  /** The derivation's name. */
  readonly name: string;
  readonly of: Named<(row: RowView) => unknown>;
  /** After which operations rows are derived anew; undefined for all. */
  readonly on: readonly Operation[] | undefined;
  /** Whether rows that are no longer given stay. */
  readonly keep: boolean;
  /** Of the table of the source rows. */
  readonly keys: KeySchema;
  /** The rows of that table that other derivations write. */
  readonly written: readonly { readonly model: RowModel }[];
  /** What a key of that table is. */
  readonly rowOf: TableModel['rowOf'];
}

/** Where a derived row is. */
export interface DerivedKey {
  /** Undefined for the table of the source row. */
  readonly table: string | undefined;
  /** All attributes of the key. Numbers have the same digits wherever they are equal. */
  readonly key: Readonly<Record<string, KeyValue>>;
}

/** A row as it must be. */
export interface DerivedRow extends DerivedKey {
  /** Its attributes, keys not among them. */
  readonly attributes: Readonly<Record<string, Value>>;
}

/** A row as one derivation makes rows of it. */
export interface SourceRow {
  readonly model: RowsModel;
  readonly row: Row;
}

/**
 * What was last derived from a row. Kept after the row's removal, without rows, so that a late record of the removed
 * row is known to be late.
 */
export interface RowsState {
  readonly version: Version;
  /** The rows that are there for it now. */
  readonly keys: readonly DerivedKey[];
  readonly removed: boolean;
}

/** One row going from what was derived from it to what must be: the unit that a repository applies atomically. */
export interface RowsMove {
  readonly source: SourceRow;
  /** The state that the move was decided on; undefined when there was none. */
  readonly from: RowsState | undefined;
  readonly to: RowsState;
  /** All rows that must be there. */
  readonly put: readonly DerivedRow[];
  /** Those that must go. */
  readonly remove: readonly DerivedKey[];
}

/** More would not fit, with those that they replace, into one transaction. */
export const MOST_ROWS = 40;

/** @returns undefined when the state is already as new as the change. */
export function decideRowsMove(
  source: SourceRow,
  from: RowsState | undefined,
  change: Pick<Change, 'version' | 'operation'>,
  put: readonly DerivedRow[],
): RowsMove | undefined {
  if (!passesFence(from?.version, change.version)) return undefined;
  const given = new Set(put.map(nameOfKey));
  const others = (from?.keys ?? []).filter((key) => !given.has(nameOfKey(key)));
  return {
    source,
    from,
    to: {
      version: change.version,
      // What stays is no longer this row's business: it needs no memory.
      keys: put.map(({ table, key }) => ({ table, key })),
      removed: change.operation === 'REMOVE',
    },
    put,
    remove: source.model.keep ? [] : others,
  };
}

/** One string per key of a derived row; no two share one. */
export function nameOfKey({ table, key }: DerivedKey): string {
  const values = Object.keys(key)
    .toSorted()
    .map((name) => [name, ...nameOfValue(key[name])]);
  return JSON.stringify([table ?? null, ...values]);
}

function nameOfValue(value: KeyValue | undefined): readonly (string | undefined)[] {
  if (value instanceof Decimal) return ['N', value.canonical];
  return value instanceof Uint8Array ? ['B', base64url(value)] : [value];
}

/**
 * What is derived from a row by a change.
 *
 * @throws Fault `permanent` when the function fails or returns what is no row, or one whose key its table cannot have, or
 *   a strict kind of row calls wrong; `configuration` when it gives one key twice, a row that leads back to its own source, or one that another derivation
 *   writes.
 */
export function derivedFrom(model: RowsModel, change: Change, after: Attributes): readonly DerivedRow[] {
  const { row, operation, at, origin } = change;
  return givenRows(model, row, after, Object.freeze({ operation, at, origin }));
}

/**
 * What is derived from a row as it is now.
 *
 * @returns undefined where that depends on the change that left it so, which is gone: the function asks for it, or rows are not
 *   derived anew after each insertion and change.
 * @throws Fault as `derivedFrom` does.
 */
export function derivedNow(
  model: RowsModel,
  row: Row,
  attributes: Attributes,
): readonly DerivedRow[] | undefined {
  const { on } = model;
  if (on !== undefined && !(on.includes('INSERT') && on.includes('MODIFY'))) return undefined;
  const seen = { wasAsked: false };
  const answer = (what: unknown) => ({
    enumerable: true,
    get: () => {
      seen.wasAsked = true;
      return what;
    },
  });
  const change = Object.defineProperties(
    {},
    { operation: answer('MODIFY'), at: answer(undefined), origin: answer('user') },
  );
  try {
    const rows = givenRows(model, row, attributes, change);
    return seen.wasAsked ? undefined : rows;
  } catch (error) {
    // It may have been thrown for what the change is said to be here.
    if (seen.wasAsked) return undefined;
    throw error;
  }
}

function givenRows(model: RowsModel, row: Row, after: Attributes, change: object): readonly DerivedRow[] {
  const { of } = model;
  const view = Object.assign(new RowView(row, after), { change });
  const derived = callFor(
    of,
    row,
    after,
    (given) => {
      if (given === undefined || given === null) return [];
      const rows = Array.isArray(given) ? (given as readonly unknown[]) : [given];
      if (rows.length <= MOST_ROWS) return rows.map((one) => derivedRow(one, model, row));
      const problem = `returned more than ${MOST_ROWS} rows`;
      throw unfit(of, row, `${problem}: ${rows.length}`, { reason: problem });
    },
    view,
  );
  const names = derived.map(nameOfKey);
  const repeated = derived.find((_, index) => names.indexOf(names[index] ?? '') !== index);
  if (repeated !== undefined) {
    const problem = 'returned two rows with one key';
    throw unfit(of, row, `${problem}: ${describeKey(repeated)}`, { kind: 'configuration', reason: problem });
  }
  for (const one of derived) checkPlace(one, model, row, originText({ model, row }));
  return derived;
}

/**
 * Whether what a row gives, `put`, depends on the change that it is given for, and not on the row alone.
 *
 * @param change other than every change of a stream: put where there was no row, by a writer, and nobody knows when.
 */
export function dependsOnChange(
  model: RowsModel,
  change: Change,
  after: Attributes,
  put: readonly DerivedRow[],
): boolean {
  try {
    const other = { ...change, operation: 'MODIFY', at: 0, origin: 'replication' } as const;
    const given = derivedFrom(model, other, after);
    return (
      given.length !== put.length ||
      given.some((row, index) => {
        const same = put[index] as DerivedRow;
        return nameOfKey(row) !== nameOfKey(same) || !equalRecords(row.attributes, same.attributes);
      })
    );
  } catch {
    // It refuses the row, or such changes.
    return true;
  }
}

const MEMBERS: readonly string[] = ['table', 'key', 'attributes'] satisfies (keyof DerivedRow)[];

function derivedRow(given: unknown, { of, keys }: RowsModel, row: Row): DerivedRow {
  const wrong = (problem: string, reason = problem) =>
    unfit(of, row, `returned a row ${problem}`, { reason: `returned a row ${reason}` });
  if (!isPlainObject(given)) throw unfit(of, row, `returned ${kindOf(given)} where a row is expected`);
  const unknown = Object.keys(given).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined)
    throw wrong(`with ${unknown}, which is unknown; there are ${MEMBERS.join(', ')}`);
  const { table, key, attributes = {} } = given;
  if (table !== undefined && (typeof table !== 'string' || table === ''))
    throw wrong('whose table is no name');
  if (!isPlainObject(key)) throw wrong('without a key');
  const values = keyFrom(key, table === undefined ? keys : undefined, wrong);
  const names = Object.keys(values);
  // What another table's key has is that table's business.
  const own = keys.sort === undefined ? [keys.partition] : [keys.partition, keys.sort];
  if (table === undefined && !(names.length === own.length && own.every((name) => names.includes(name))))
    throw wrong(`whose key has not exactly ${own.join(' and ')}`);
  if (names.length === 0 || names.length > 2) throw wrong('whose key has not one or two attributes');
  if (!isPlainObject(attributes)) throw wrong(`whose attributes are ${kindOf(attributes)}`);
  const taken = [...names, DERIVED_FROM].find((name) => Object.hasOwn(attributes, name));
  if (taken !== undefined) throw wrong(`whose attributes have ${taken}, which is not theirs to give`);
  return {
    table: table,
    key: values,
    attributes: storable(attributes, of, row),
  };
}

function storable(attributes: object, of: Named<unknown>, row: Row): DerivedRow['attributes'] {
  try {
    return fromPlain(attributes, '') as DerivedRow['attributes'];
  } catch (error) {
    if (!Fault.is(error)) throw error;
    const problem = 'returned a row of which';
    throw unfit(of, row, `${problem} ${error.message}`, { reason: `${problem} ${error.reason}` });
  }
}

/**
 * Moves in an order in which a key goes from one row to another: who gives it up comes before who takes it. Where rows
 * exchange keys there is no such order.
 */
export function givingUpFirst(moves: readonly RowsMove[]): readonly RowsMove[] {
  const givenUp = new Map<string, RowsMove[]>();
  for (const move of moves)
    for (const key of move.remove) {
      const name = nameOfKey(key);
      givenUp.set(name, [...(givenUp.get(name) ?? []), move]);
    }
  if (givenUp.size === 0) return moves;
  const ordered = new Set<RowsMove>();
  const begun = new Set<RowsMove>();
  // Not recursive: a whole batch may hand one key on.
  for (const start of moves) {
    const stack = [start];
    for (let move = stack.at(-1); move !== undefined; move = stack.at(-1)) {
      if (begun.has(move)) {
        ordered.add(move);
        stack.pop();
        continue;
      }
      begun.add(move);
      for (const key of move.put)
        for (const giver of givenUp.get(nameOfKey(key)) ?? []) if (!begun.has(giver)) stack.push(giver);
    }
  }
  return [...ordered];
}

/** What a row that is derived from another carries under `DERIVED_FROM`. */
export function originText({ model, row }: SourceRow): string {
  return `${model.name} ${itemKey(keyOf(row))}`;
}

/** What `originText` says: whose row it is, and of which. Undefined for a text that is none. */
export function readOrigin(
  text: string,
  { sort }: Pick<KeySchema, 'sort'>,
): { readonly derivation: string; readonly row: ItemKey } | undefined {
  const blank = text.indexOf(' ');
  const row = readItemKey(text.slice(blank + 1), sort !== undefined);
  return blank < 1 || row === undefined ? undefined : { derivation: text.slice(0, blank), row };
}

/** A derived row's key for a message: the same in whatever order its attributes were read. */
export function describeKey({ table, key }: DerivedKey): string {
  const inOrder = Object.fromEntries(Object.entries(key).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return `${toJson(inOrder)}${table === undefined ? '' : ` in table ${table}`}`;
}

/**
 * Why a row cannot be put: its key has another row.
 *
 * @param other what that is derived from; undefined for one that somebody else wrote.
 */
export function takenFault(key: DerivedKey, origin: string, other: string | undefined): Fault {
  const problem =
    other === undefined
      ? 'where something other than Contrail wrote one: delete that, or give another key'
      : `which ${giver(other)} gives too: each derived row must have one source`;
  const reason =
    other === undefined
      ? 'a derived row has the key of a row that others wrote'
      : 'two rows give the same derived row';
  return new Fault('configuration', `${giver(origin)} gives the row ${describeKey(key)}, ${problem}`, {
    reason,
  });
}

/** What a derived row is derived from, by its `originText`, in words. */
function giver(origin: string): string {
  const [, derivation, length = '', key = ''] = /^(\S+) (\d+)#(.*)$/s.exec(origin) ?? [];
  if (derivation === undefined) return JSON.stringify(origin);
  const [partition, sort] = [key.slice(0, Number(length)), key.slice(Number(length))];
  return `the derivation ${derivation}, for the row ${JSON.stringify(sort === '' ? [partition] : [partition, sort])},`;
}
