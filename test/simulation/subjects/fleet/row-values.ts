import { Decimal } from '../../../../src/domain/decimal.ts';
import { DecodedAttributes, type Attributes, type Value, ValueSet } from '../../../../src/domain/value.ts';
import { Encoded, type Plain, type TableRow } from '../../../support/stream-records.ts';

/** A row's values, as one would write them down. */
export function rowValues(row: TableRow): Attributes {
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
