import { setMaxListeners } from 'node:events';
import type { TimeLimit } from '../../application/time-limit.ts';
import { Fault } from '../../domain/fault.ts';
import { duringInvocation, type InvocationContext } from '../invocation.ts';

interface TimeOptions {
  /** How long before Lambda's time runs out the work ends, in milliseconds: time to report and to log. */
  readonly deadlineMarginMs: number;
  /** Aborted when the process should stop. */
  readonly stop?: AbortSignal | undefined;
}

/** Milliseconds. A timer that is asked to wait longer fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Does the work of an invocation within its time.
 *
 * @throws Fault `configuration` when the margin leaves no time at all.
 */
export async function withinTime<T>(
  context: InvocationContext | null | undefined,
  { deadlineMarginMs, stop }: TimeOptions,
  work: (limit: TimeLimit) => Promise<T>,
): Promise<T> {
  const remaining = () => timeLeft(context) - deadlineMarginMs;
  const left = remaining();
  if (left <= 0) throw marginTooLong(deadlineMarginMs, left + deadlineMarginMs);
  const controller = new AbortController();
  // Every request in flight listens to it, more than Node's limit for a warning.
  setMaxListeners(0, controller.signal);
  const abort = () => controller.abort();
  const timer = left === Infinity ? undefined : setTimeout(abort, Math.min(left, LONGEST_TIMER));
  if (stop?.aborted) abort();
  stop?.addEventListener('abort', abort, { once: true });
  try {
    return await duringInvocation(context, () => work({ signal: controller.signal, remaining }));
  } finally {
    clearTimeout(timer);
    stop?.removeEventListener('abort', abort);
  }
}

/** Milliseconds left by the context's clock; `Infinity` where it gives none. */
function timeLeft(context: InvocationContext | null | undefined): number {
  try {
    const left: unknown = context?.getRemainingTimeInMillis?.();
    return typeof left === 'number' && !Number.isNaN(left) ? left : Infinity;
  } catch {
    return Infinity;
  }
}

function marginTooLong(marginMs: number, givenMs: number): Fault {
  return new Fault(
    'configuration',
    `DEADLINE_MARGIN_MS is ${marginMs}, but Lambda gave this invocation ${Math.floor(givenMs)} ms in all, which leaves no time ` +
      "to handle anything: set DEADLINE_MARGIN_MS well below the function's timeout, or raise the timeout",
  );
}
