import { setMaxListeners } from 'node:events';
import type { ProcessBatch } from '../../application/process-batch.ts';
import type { Config } from '../config.ts';
import { type BatchResponse, handleEvent } from './handle-event.ts';

/** The part of Lambda's context that is used. */
export interface RemainingTime {
  getRemainingTimeInMillis(): number;
}

export interface HandlerOptions {
  readonly failureMode: Config['failureMode'];
  /** How long before Lambda's time runs out the worker stops, in milliseconds: time to report and to log. */
  readonly deadlineMarginMs: number;
  /** Aborted when the process is to stop. */
  readonly stop?: AbortSignal;
}

/**
 * Makes a Lambda handler for DynamoDB Streams.
 *
 * The mapping must have `FunctionResponseTypes: [ReportBatchItemFailures]`: the handler reports the lowest failed
 * `SequenceNumber`, from which on Lambda delivers everything again. With `failureMode` `throw` it throws instead.
 * When Lambda's time runs low, or the process is to stop, it starts nothing new and reports the rest as failed;
 * without a context, there is no such limit.
 *
 * @throws Fault when the event is no stream event, or when a failed record has no sequence number to report:
 *   Lambda then delivers the whole batch again, and nothing is lost.
 */
export function createHandler(
  processBatch: Pick<ProcessBatch, 'execute'>,
  { failureMode, deadlineMarginMs, stop }: HandlerOptions,
): (event: unknown, context?: RemainingTime) => Promise<BatchResponse> {
  return async (event, context) => {
    const remaining = () =>
      context === undefined ? Infinity : context.getRemainingTimeInMillis() - deadlineMarginMs;
    const controller = new AbortController();
    // Every request under way listens to it, and there are more of them than Node warns at.
    setMaxListeners(0, controller.signal);
    const abort = () => controller.abort();
    const left = remaining();
    const timer = Number.isFinite(left) && left > 0 ? setTimeout(abort, left) : undefined;
    if (left <= 0 || stop?.aborted) abort();
    stop?.addEventListener('abort', abort, { once: true });
    try {
      return await handleEvent(event, processBatch, failureMode, { signal: controller.signal, remaining });
    } finally {
      clearTimeout(timer);
      stop?.removeEventListener('abort', abort);
    }
  };
}
