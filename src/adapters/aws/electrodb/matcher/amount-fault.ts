import { tupleKey } from '../../../../domain/count.ts';
import { Fault } from '../../../../domain/fault.ts';
import type { ModelDelta } from './model-delta.ts';

/** A permanent Fault for a move that changes a sum by what no number in DynamoDB can be; undefined for all others. */
export function amountFault(deltas: ReadonlyMap<string, ModelDelta>): Fault | undefined {
  const sums = [...deltas.values()].filter(({ model }) => model.amount !== undefined);
  const delta = sums.find(({ amount }) => !amount.isStorable());
  if (delta === undefined) return undefined;
  // Both amounts are numbers that DynamoDB holds, and their difference is none.
  return new Fault(
    'permanent',
    `the row changes the sum of ${tupleKey(delta.tuple)} by ${delta.amount.canonical}, which has more digits than DynamoDB holds`,
    { reason: 'a row changes a sum by a number of more digits than DynamoDB holds' },
  );
}
