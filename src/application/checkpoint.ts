import { Fault } from '../domain/fault.ts';
import { compareSequences } from '../domain/version.ts';
import type { Delivery, Outcome } from './delivery.ts';

/**
 * The checkpoint of a batch: the lowest sequence number of the failed records, from which on everything is to
 * be delivered again.
 *
 * @returns undefined when nothing failed.
 * @throws Fault when a failed record has no sequence number, so that no checkpoint can cover it.
 */
export function lowestFailed(
  deliveries: readonly Delivery[],
  outcomes: readonly Outcome[],
): string | undefined {
  let lowest: string | undefined;
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status !== 'failed') continue;
    const sequence = deliveries[index]?.record.sequenceNumber;
    if (sequence === undefined)
      throw new Fault(
        outcome.fault.kind,
        `record ${index} of the batch failed and has no sequence number to report: ${outcome.fault.message}`,
        {
          cause: outcome.fault,
        },
      );
    if (lowest === undefined || compareSequences(sequence, lowest) < 0) lowest = sequence;
  }
  return lowest;
}
