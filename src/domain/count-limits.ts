import { type Contribution, type CountModel, tupleFault, tupleKey } from './count.ts';
import { type CountDelta, type CountMove, netDeltas } from './count-move.ts';
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
    const fault = contributionFault(source.model, contribution);
    if (fault !== undefined) return fault;
  }
  if (source.model.amount !== undefined) {
    const fault = amountFault(netDeltas([move]));
    if (fault !== undefined) return fault;
  }
  if ((from?.contributions.length ?? 0) + to.contributions.length > MOST_COUNTS) {
    const { length } = netDeltas([move]);
    if (length > MOST_COUNTS) return tooManyCounts(length);
  }
  return to.contributions.length > FEW ? stateFault(move) : undefined;
}

/** A permanent Fault for a contribution whose count cannot have a row of its own; undefined for all others. */
export function contributionFault(model: CountModel, { tuple, at }: Contribution): Fault | undefined {
  return tupleFault(model, tuple) ?? keyFault({ row: "the tuple's row", owner: "a tuple's row" }, at);
}

function amountFault(deltas: readonly CountDelta[]): Fault | undefined {
  const delta = deltas.find(({ amount }) => !amount.isStorable());
  if (delta === undefined) return undefined;
  // Both amounts are numbers that DynamoDB holds, and their difference is none.
  return new Fault(
    'permanent',
    `the row changes the sum of ${tupleKey(delta.tuple)} by ${delta.amount.canonical}, which has more digits than DynamoDB holds`,
    { reason: 'a row changes a sum by a number of more digits than DynamoDB holds' },
  );
}

function tooManyCounts(count: number): Fault {
  return new Fault(
    'permanent',
    `the row changes ${count} counts at once, and DynamoDB takes its state and at most ${MOST_COUNTS} of them in one transaction`,
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
  const item = { row: `the state of ${describeRow(row)} in ${model.name}`, owner: 'a state' };
  return itemFault(item, { counted }, MAX_KEY_BYTES.partition + NOTES_BYTES);
}

/**
 * A Fault for a move that takes a sum beyond what a number in DynamoDB can be. Never `permanent`: other rows are in the sum, too,
 * and the move can be made once those hold something else.
 *
 * @param changed the counts that the move changes.
 */
export function sumFault(
  { name }: CountModel,
  changed: readonly Pick<CountDelta, 'tuple'>[],
  cause?: unknown,
): Fault {
  const sums = changed.map(({ tuple }) => tupleKey(tuple));
  return new Fault(
    'configuration',
    `the sum of ${sums.slice(0, 3).join(' or ')} of ${name} would have more than the 38 digits that DynamoDB holds, or be out of ` +
      'its range: let it add up no amounts that are so much larger or smaller than the others',
    {
      reason: `a sum of ${name} would be no number that DynamoDB holds`,
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
