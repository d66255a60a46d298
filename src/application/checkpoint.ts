import { Fault } from '../domain/fault.ts';
import { compareSequences } from '../domain/version.ts';
import type { Delivery, Outcome } from './delivery.ts';

/**
 * What an event source delivers again of a batch in which something failed: everything from the checkpoint on; or, when
 * an error told it of the failure, everything; or, where it knows each record's outcome, as a reader does, what failed.
 */
export type Redelivery = 'from the checkpoint' | 'the whole batch' | 'only what failed';

/** Tells by its sequence number whether a record of the batch will be delivered again. */
export function deliveredAgain(
  deliveries: readonly Delivery[],
  outcomes: readonly Outcome[],
  redelivery: Redelivery,
): (sequence: string) => boolean {
  if (!outcomes.some(({ status }) => status === 'failed')) return () => false;
  if (redelivery === 'the whole batch') return () => true;
  if (redelivery === 'only what failed') {
    const failed = new Set(
      outcomes.map(({ status }, n) =>
        status === 'failed' ? deliveries[n]?.record.sequenceNumber : undefined,
      ),
    );
    return (sequence) => failed.has(sequence);
  }
  let checkpoint: string | undefined;
  try {
    checkpoint = lowestFailed(deliveries, outcomes);
  } catch {
    // The failure cannot be reported, so it is thrown.
    return () => true;
  }
  return (sequence) => checkpoint !== undefined && compareSequences(sequence, checkpoint) >= 0;
}

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
