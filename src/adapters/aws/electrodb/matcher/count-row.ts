import { ROWS } from '../../../../domain/stored-rows.ts';
import { Decimal } from '../../../../domain/decimal.ts';
import type { Fault } from '../../../../domain/fault.ts';
import { fromNative } from '../native-value.ts';
import { foreignCount } from './foreign-count.ts';
import type { MatcherTables } from './matcher-tables.ts';
import { type ModelDelta } from './model-delta.ts';

/** A count's row: the tuple's parts by their names, the count, and of a sum also how many rows are counted in it. */
export type CountRow = Readonly<Record<string, unknown>>;

/** How many rows are counted in a count, as its row says; why that is nothing that Contrail wrote. */
export function rowsIn(row: CountRow, of: ModelDelta, tables: MatcherTables): number | Fault {
  const { as, amount } = of.model;
  const count = row[as];
  if (count === undefined) return foreignCount(of, 'is missing', tables);
  if (amount === undefined) return integerIn(count) ?? foreignCount(of, 'is not an integer', tables);
  if (!(fromNative(count) instanceof Decimal)) return foreignCount(of, 'is not a number', tables);
  // It became a sum only after the row was written: until then each row counted for one.
  return (
    integerIn(row[ROWS] ?? count) ?? foreignCount(of, 'has no number of rows that is an integer', tables)
  );
}

function integerIn(native: unknown): number | undefined {
  const value = fromNative(native);
  const number = value instanceof Decimal ? Number(value.text) : undefined;
  return Number.isSafeInteger(number) ? number : undefined;
}
