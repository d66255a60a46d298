import { DecodedAttributes, type Attributes, type Value, ValueSet } from '../../../src/domain/value.ts';
import { Decimal } from '../../../src/domain/decimal.ts';
import { Encoded, type Plain, type TableRow } from '../../support/stream-records.ts';
import type { Item } from './items.ts';
import type { Operation } from './workload.ts';

/** What a write made of one item; `before` and `after` undefined where there was, or is, no row. */
export interface Write {
  readonly item: Item;
  readonly before: TableRow | undefined;
  readonly after: TableRow | undefined;
  readonly expired: boolean;
}

/** The table that everything is derived from, without the worker's default rows. */
export class SourceTable {
  readonly #rows = new Map<Item, TableRow>();

  /** Undefined when it changes nothing: then the stream says nothing of it. */
  write({ item, action, variant, note }: Operation): Write | undefined {
    const before = this.#rows.get(item);
    if (action !== 'put') {
      if (before === undefined) return undefined;
      this.#rows.delete(item);
      return { item, before, after: undefined, expired: action === 'expire' };
    }
    const values = item.rows[variant % item.rows.length];
    if (values === undefined) throw new Error('an item without rows');
    const after = note === 0 ? values : { ...values, note };
    if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
    this.#rows.set(item, after);
    return { item, before, after, expired: false };
  }

  /** Writes a row anew with what it holds, so that its stream says so. Undefined where there is none. */
  rewrite(item: Item): Write | undefined {
    const before = this.#rows.get(item);
    if (before === undefined) return undefined;
    const after = { ...before, rewritten: true };
    this.#rows.set(item, after);
    return { item, before, after, expired: false };
  }

  *rows(): Generator<{ readonly item: Item; readonly attributes: Attributes }> {
    for (const [item, row] of this.#rows) yield { item, attributes: attributesOf(row) };
  }
}

/** The row's values, without the detour through a record, so that a mistake in reading records shows. */
function attributesOf(row: TableRow): Attributes {
  return new DecodedAttributes(new Map(Object.entries(row).map(([name, plain]) => [name, valueOf(plain)])));
}

function valueOf(plain: Plain): Value {
  if (plain === null || typeof plain === 'string' || typeof plain === 'boolean') return plain;
  if (typeof plain === 'number' || typeof plain === 'bigint') return decimal(String(plain));
  if (plain instanceof Encoded) return encodedValue(plain.value as EncodedNumberOrSet);
  if (Array.isArray(plain)) return (plain as readonly Plain[]).map(valueOf);
  return Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, valueOf(value)]));
}

type EncodedNumberOrSet = { readonly N: string } | { readonly NS: string[] } | { readonly SS: string[] };

function encodedValue(value: EncodedNumberOrSet): Value {
  if ('N' in value) return decimal(value.N);
  return new ValueSet('NS' in value ? value.NS.map(decimal) : value.SS);
}

function decimal(text: string): Decimal {
  const parsed = Decimal.parse(text);
  if (parsed === undefined) throw new Error(`${text} is not a number`);
  return parsed;
}
