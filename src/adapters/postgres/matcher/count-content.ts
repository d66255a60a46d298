import { type Contribution, type CountModel, type Tuple, tupleNames } from '../../../domain/count.ts';
import { Decimal } from '../../../domain/decimal.ts';
import type { Value } from '../../../domain/value.ts';
import { jsonbOf, readJsonb } from '../values/jsonb.ts';

/** What is counted for a row, as its state's row has it: a list, as JSON. */
export function countContent(contributions: readonly Contribution[]): string {
  return jsonbOf(
    contributions.map(({ at, tuple, amount }): Value => {
      const { partition, sort } = at;
      return { partition, ...(sort === undefined ? {} : { sort }), tuple, amount };
    }),
  );
}

interface Stored {
  readonly partition: string;
  /** Absent where the counts' table has no sort key. */
  readonly sort?: string;
  readonly tuple: Tuple;
  readonly amount: Decimal;
}

export function contributionsIn(model: CountModel, content: string): readonly Contribution[] {
  const stored = readJsonb(content) as unknown as readonly Stored[];
  return stored.map(({ partition, sort, tuple, amount }) => ({
    tuple: inOrder(tuple, tupleNames(model)),
    at: { partition, sort },
    amount,
  }));
}

/** A tuple as its count's row has it. */
export function tupleIn(model: CountModel, json: string): Tuple {
  return inOrder(readJsonb(json) as unknown as Tuple, tupleNames(model));
}

/** `jsonb` keeps no order of names: the model's, then the alphabet's. */
function inOrder(tuple: Tuple, names: readonly string[]): Tuple {
  const placeOf = (name: string) => (names.includes(name) ? names.indexOf(name) : names.length);
  return Object.fromEntries(
    Object.entries(tuple).toSorted(([a], [b]) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1)),
  );
}
