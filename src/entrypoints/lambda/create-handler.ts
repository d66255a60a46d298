import { toDelivery } from '../../adapters/dynamodb-stream/stream-record.ts';
import { lowestFailed } from '../../application/checkpoint.ts';
import type { ProcessBatch } from '../../application/process-batch.ts';
import { Fault } from '../../domain/fault.ts';
import type { Config } from '../config.ts';

/** What Lambda makes of a batch: all done when empty, otherwise redelivery from the one identifier on. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Makes a Lambda handler for DynamoDB Streams.
 *
 * The mapping must have `FunctionResponseTypes: [ReportBatchItemFailures]`: the handler reports the lowest failed
 * `SequenceNumber`, from which on Lambda delivers everything again. With `failureMode` `throw` it throws instead.
 *
 * @throws Fault when the event is no stream event, or when a failed record has no sequence number to report:
 *   Lambda then delivers the whole batch again, and nothing is lost.
 */
export function createHandler(
  processBatch: ProcessBatch,
  failureMode: Config['failureMode'],
): (event: unknown) => Promise<BatchResponse> {
  return async (event) => {
    const deliveries = recordsOf(event).map((record) => toDelivery(record));
    const { outcomes } = await processBatch.execute(deliveries);
    if (failureMode === 'throw')
      throwFailures(
        outcomes.flatMap((o) => (o.status === 'failed' ? [o.fault] : [])),
        outcomes.length,
      );
    const checkpoint = lowestFailed(deliveries, outcomes);
    return { batchItemFailures: checkpoint === undefined ? [] : [{ itemIdentifier: checkpoint }] };
  };
}

function recordsOf(event: unknown): readonly unknown[] {
  const records =
    typeof event === 'object' && event !== null ? (event as { Records?: unknown }).Records : undefined;
  if (Array.isArray(records)) return records as unknown[];
  throw new Fault(
    'configuration',
    'the event has no list of Records: invoke this function from a DynamoDB Streams event source mapping',
  );
}

function throwFailures(faults: readonly Fault[], records: number): void {
  const [first] = faults;
  if (first === undefined) return;
  const cause = faults.length === 1 ? first : new AggregateError(faults, `${faults.length} records failed`);
  throw new Fault(first.kind, `${faults.length} of ${records} records failed, the first: ${first.message}`, {
    cause,
  });
}
