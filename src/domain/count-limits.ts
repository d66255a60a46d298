import { type Contribution, tupleFault, tupleKey } from './count.ts';
import { type CountDelta, type CountedRow, type CountMove, netDeltas } from './count-move.ts';
import { Fault } from './fault.ts';
import { itemFault, keyFault, MAX_KEY_BYTES, MAX_TRANSACTION } from './item-limits.ts';
import { describeRow } from './row-view.ts';
import type { Value } from './value.ts';

/** Beside its state. */
const MOST_COUNTS = MAX_TRANSACTION.items - 1;

/** What a state has beside what is counted and its key: the version, and whose it is. */
const NOTES_BYTES = 300;

/** So many contributions, whatever their keys, fit into a state. */
const FEW = 20;

/** A permanent Fault for a move that can never be made, whatever is counted by then; undefined for all others. */
export function countMoveFault(move: CountMove): Fault | undefined {
  const { source, from, to } = move;
  for (const contribution of to.contributions) {
    const fault = contributionFault(source, contribution);
    if (fault !== undefined) return fault;
  }
  if (source.model.amount !== undefined) {
    const fault = amountFault(source, netDeltas([move]));
    if (fault !== undefined) return fault;
  }
  if ((from?.contributions.length ?? 0) + to.contributions.length > MOST_COUNTS) {
    const { length } = netDeltas([move]);
    if (length > MOST_COUNTS) return tooManyCounts(source, length);
  }
  return to.contributions.length > FEW ? stateFault(move) : undefined;
}

/** A permanent Fault for a contribution whose count cannot have a row of its own; undefined for all others. */
export function contributionFault(
  { model, row }: CountedRow,
  { tuple, at }: Contribution,
): Fault | undefined {
  const what = {
    row: () => `the row in which the derivation ${model.name} counts ${describeRow(row)}`,
    owner: "a tuple's row",
  };
  return tupleFault(model, row, tuple) ?? keyFault(what, at);
}

function amountFault({ model, row }: CountedRow, deltas: readonly CountDelta[]): Fault | undefined {
  const delta = deltas.find(({ amount }) => !amount.isStorable());
  if (delta === undefined) return undefined;
  // Both amounts are numbers that DynamoDB holds, and their difference is none.
  return new Fault(
    'permanent',
    `the derivation ${model.name} changes the sum of ${tupleKey(delta.tuple)} for ${describeRow(row)} by ${delta.amount.canonical}, ` +
      'which is no number that DynamoDB holds',
    { reason: 'a row changes a sum by what is no number that DynamoDB holds' },
  );
}

function tooManyCounts({ model, row }: CountedRow, count: number): Fault {
  return new Fault(
    'permanent',
    `the derivation ${model.name} changes ${count} counts at once for ${describeRow(row)}, and DynamoDB takes its state and ` +
      `at most ${MOST_COUNTS} of them in one transaction`,
    {
      reason: `a row changes more than ${MOST_COUNTS} counts at once, which DynamoDB takes in one transaction`,
    },
  );
}

function stateFault({ source: { model, row }, to }: CountMove): Fault | undefined {
  const counted = to.contributions.map(({ at, tuple, amount }): Value => {
    const { partition, sort } = at;
    return { partition, ...(sort === undefined ? {} : { sort }), tuple, amount };
  });
  const item = {
    row: () => `the state of ${describeRow(row)} in the derivation ${model.name}`,
    owner: 'a state',
  };
  return itemFault(item, { counted }, MAX_KEY_BYTES.partition + NOTES_BYTES);
}

/**
 * A Fault for a move that takes a sum beyond what a number in DynamoDB can be. Never `permanent`: other rows are in the sum, too,
 * and the move can be made once those hold something else.
 *
 * @param changed the counts that the move changes.
 */
export function sumFault(
  { model: { name }, row }: CountedRow,
  changed: readonly Pick<CountDelta, 'tuple'>[],
  cause?: unknown,
): Fault {
  const sums = changed.map(({ tuple }) => tupleKey(tuple));
  return new Fault(
    'configuration',
    `the derivation ${name} cannot make the change of ${describeRow(row)}: the sum of ${sums.slice(0, 3).join(' or ')} would ` +
      'have more than the 38 digits that DynamoDB holds, or be out of its range; let it add up no amounts that are so much larger or smaller than the others',
    {
      reason: `a sum of ${name} would be no number that DynamoDB holds`,
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
