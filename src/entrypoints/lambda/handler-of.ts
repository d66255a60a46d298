import type { StreamWorker } from '../composition/container.ts';
import type { Config } from '../config.ts';
import type { InvocationContext } from '../invocation.ts';
import { type BatchResponse, handleEvent } from './handle-event.ts';
import { withinTime } from './within-time.ts';

/** What a handler does where something fails or time runs out, and whose records it takes. */
export interface HandlerOfOptions {
  readonly failureMode: Config['failureMode'];
  /** How long before Lambda's time runs out the worker stops, in milliseconds: time to report and to log. */
  readonly deadlineMarginMs: number;
  /** Name or ARN of the table whose stream is read; any table's, unless given. */
  readonly table?: string | undefined;
  /** Aborted when the process should stop. */
  readonly stop?: AbortSignal;
}

/**
 * Makes a Lambda handler for DynamoDB Streams.
 *
 * The mapping must have `FunctionResponseTypes: [ReportBatchItemFailures]`: the handler reports the lowest failed
 * `SequenceNumber`, and Lambda delivers everything from there again. With `failureMode` `throw` it throws instead.
 * When Lambda's time runs low, or the process should stop, it starts nothing new and reports the rest as failed.
 *
 * Without a context, or with one whose clock is missing, throws or gives no number, there is no such limit: at worst
 * Lambda then cuts the batch off and delivers it again, which does no harm, whereas a worker that believes its time is
 * up would never handle anything.
 *
 * @throws Fault `configuration` when the margin leaves no time at all: no batch could ever be handled. A Fault when
 *   the event is not a stream event, or when a failed record has no sequence number to report. Lambda then
 *   delivers all of the batch again (in halves, with `BisectBatchOnFunctionError`), and nothing is lost.
 */
export function handlerOf(
  worker: StreamWorker,
  { failureMode, deadlineMarginMs, table, stop }: HandlerOfOptions,
): (event: unknown, context?: InvocationContext | null) => Promise<BatchResponse> {
  return (event, context) =>
    withinTime(context, { deadlineMarginMs, stop }, (limit) =>
      handleEvent(event, worker, failureMode, limit, table),
    );
}
