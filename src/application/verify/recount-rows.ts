import { Decimal } from '../../domain/decimal.ts';
import type { Rows } from '../../domain/definition/rows.ts';
import { fromPlain } from '../../domain/plain-value.ts';
import { toJson } from '../../domain/json.ts';
import type { Value } from '../../domain/value.ts';
import type { GivenRow } from './given-row.ts';
import { textOf } from './key-values.ts';

/** A row that must be derived. */
export interface ExpectedRow {
  readonly attributes: Readonly<Record<string, Value>>;
  /** What it is derived from, as it must say itself. */
  readonly source: string;
}

/** The rows of one derivation. */
export interface ExpectedRows {
  /**
   * Whether the table's rows tell what must be there. Not where rows are not derived anew after each insertion and change:
   * they are what a row gave once, and what it was then is gone.
   */
  readonly isKnown: boolean;
  /** Whether nothing else may be there. Others may where rows stay whose sources are gone, or give them no more. */
  readonly isComplete: boolean;
  /** By table and key, in words. */
  readonly rows: Map<string, ExpectedRow>;
  /** Sources whose rows depend on the change that gave them, which is gone. */
  readonly unknown: Set<string>;
}

export function noRowsYet({ on, keep }: Rows['spec']): ExpectedRows {
  const isAfter = (operation: 'INSERT' | 'MODIFY' | 'REMOVE') => on === undefined || on.includes(operation);
  return {
    isKnown: isAfter('INSERT') && isAfter('MODIFY'),
    isComplete: isAfter('REMOVE') && keep !== true,
    rows: new Map(),
    unknown: new Set(),
  };
}

/** What to call a derived row: its table, where it is another than its source's, and its key. */
export function rowName(table: string | undefined, key: Readonly<Record<string, Value>>): string {
  const names = Object.keys(key).toSorted((a, b) => (a < b ? -1 : 1));
  const text = toJson(Object.fromEntries(names.map((name) => [name, sameWritten(key[name] ?? '')])));
  return table === undefined ? text : `${table} ${text}`;
}

/** A number as it is written wherever it is equal. Bytes are told from the string of their base64. */
function sameWritten(value: Value): Value {
  if (value instanceof Uint8Array) return { B: value };
  const digits = textOf(value, 'N');
  return digits === undefined ? value : (Decimal.parse(digits) ?? value);
}

type Given = Readonly<Record<string, unknown>>;

/**
 * What a row gives; undefined where that depends on the change that it was given for.
 *
 * @param isOwn whether a row with these attributes, in the row's own table, is of its own kind.
 * @throws when the function refuses the row, or gives what it must not.
 */
export function rowsGivenBy(
  { of }: Rows['spec'],
  given: GivenRow,
  source: string,
  isOwn: (row: ExpectedRow['attributes']) => boolean,
): ReadonlyMap<string, ExpectedRow> | undefined {
  const change = new AskedChange();
  const row = {
    key: given.key,
    get attributes() {
      return given.attributes;
    },
    change: change.given,
  };
  let returned: unknown;
  try {
    returned = (of as (row: unknown) => unknown)(row);
  } catch (error) {
    // It may have been thrown for what the change is said to be here.
    if (change.wasAsked) return undefined;
    throw error;
  }
  const all: readonly unknown[] = Array.isArray(returned) ? returned : [returned ?? []].flat();
  const rows = new Map<string, ExpectedRow>();
  for (const one of all) {
    const { table, key: givenKey, attributes: givenAttributes = {} } = one as Given;
    const key = fromPlain(givenKey, '') as ExpectedRow['attributes'];
    const attributes = fromPlain(givenAttributes, '') as ExpectedRow['attributes'];
    if (!Object.values(key).every(canBeInKey)) throw new TypeError('a key has what none can have');
    if (table === undefined && isOwn({ ...attributes, derived_from: source, ...key }))
      throw new TypeError('a row is derived from its own kind');
    const name = rowName(table as string | undefined, key);
    if (rows.has(name)) throw new TypeError('two rows have one key');
    rows.set(name, { attributes, source });
  }
  if (rows.size > MOST_ROWS) throw new TypeError('there are too many rows');
  return change.wasAsked ? undefined : rows;
}

/** The names of the rows that a row gives for a change. */
export function rowsGivenFor(
  { of }: Rows['spec'],
  { key, attributes }: GivenRow,
  change: object,
): readonly string[] {
  const returned: unknown = (of as (row: unknown) => unknown)({ key, attributes, change });
  const all: readonly unknown[] = Array.isArray(returned) ? returned : [returned ?? []].flat();
  return all.map((one) => {
    const { table, key: given } = one as Given;
    return rowName(table as string | undefined, fromPlain(given, '') as ExpectedRow['attributes']);
  });
}

function canBeInKey(value: Value): boolean {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length > 0;
  return value instanceof Decimal;
}

const MOST_ROWS = 40;

/** A change that notes whether anybody asks what it was: of a row as it is, nobody knows. */
class AskedChange {
  wasAsked = false;

  get given(): object {
    const answer = (what: unknown) => ({
      enumerable: true,
      get: () => {
        this.wasAsked = true;
        return what;
      },
    });
    return Object.defineProperties(
      {},
      { operation: answer('MODIFY'), at: answer(undefined), origin: answer('user') },
    );
  }
}
