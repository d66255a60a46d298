import { toDeliveries } from '../../adapters/dynamodb-stream/to-deliveries.ts';
import { lowestFailed } from '../../application/checkpoint.ts';
import type { TimeLimit } from '../../application/time-limit.ts';
import { Fault } from '../../domain/fault.ts';
import type { StreamWorker } from '../composition/container.ts';
import type { Config } from '../config.ts';

/** Empty when all is done; otherwise Lambda delivers the batch again from the one identifier on. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Handles one event of a DynamoDB Streams event source mapping, and reports the lowest failed `SequenceNumber`. Records
 * of a table that is not followed fail, all of them.
 *
 * @param table name or ARN of the only table whose records are accepted; any table's, unless given.
 * @throws Fault when the event is not a stream event, when a failed record has no sequence number to report, or when
 *   something failed and `failureMode` is `throw`: the event source then delivers all of the batch again, in halves where
 *   the mapping has `BisectBatchOnFunctionError`.
 */
export async function handleEvent(
  event: unknown,
  { processBatch, tables, model }: StreamWorker,
  failureMode: Config['failureMode'],
  limit: TimeLimit,
  table?: string,
): Promise<BatchResponse> {
  const generationsOf = (tableArns: ReadonlySet<string>) => tables.generationsOf(tableArns, limit);
  const deliveries = await toDeliveries(recordsOf(event), model, generationsOf, table);
  const { outcomes } = await processBatch.execute(
    deliveries,
    limit,
    failureMode === 'throw' ? 'the whole batch' : 'from the checkpoint',
  );
  if (failureMode === 'throw')
    throwFailures(
      outcomes.flatMap((o) => (o.status === 'failed' ? [o.fault] : [])),
      outcomes.length,
    );
  const checkpoint = lowestFailed(deliveries, outcomes);
  return { batchItemFailures: checkpoint === undefined ? [] : [{ itemIdentifier: checkpoint }] };
}

function recordsOf(event: unknown): readonly unknown[] {
  const records =
    typeof event === 'object' && event !== null ? (event as { Records?: unknown }).Records : undefined;
  if (Array.isArray(records)) return records as unknown[];
  throw new Fault(
    'configuration',
    'the event has no array of Records: invoke this function from a DynamoDB Streams event source mapping',
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
