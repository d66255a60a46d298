import { DEFAULT_RETRIES, type Retrier, type RetryPolicy } from '../../../application/retry.ts';
import { NO_LIMIT } from '../../../application/time-limit.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Replacement } from './engine.ts';

/** After an hour's work a server that is away for half a minute is waited for. */
export const PATIENT: RetryPolicy = { ...DEFAULT_RETRIES, attempts: 16, baseMs: 200, capMs: 5_000 };

/**
 * Has a collection take the place of another one. It is not stopped on the way: nobody would know then which of the two it is.
 *
 * @param refused told where it has not, and will not.
 * @returns what became of the old one, as a line.
 * @throws Fault where it was refused, or it is not known what became of it: the message says what to look at then.
 */
export async function inPlace(
  collection: string,
  replacement: Pick<Replacement, 'name' | 'switch'>,
  retrier: Retrier,
  refused: () => void,
): Promise<string> {
  /** Whether an attempt may yet take effect. */
  const known = { isUnclear: false };
  try {
    return await untilDone(
      async () => {
        try {
          return await replacement.switch();
        } catch (error) {
          known.isUnclear ||= Fault.from(error).kind !== 'configuration';
          throw error;
        }
      },
      retrier,
      NO_LIMIT.signal,
    );
  } catch (error) {
    const fault = Fault.from(error);
    if (!known.isUnclear) {
      refused();
      throw fault;
    }
    throw new Fault(
      fault.kind,
      `${replacement.name} is filled, and it is not known whether it has taken the place of ${collection}: look, and take away the one that has not. ${fault.message}`,
      { cause: fault },
    );
  }
}

/** Does what may be repeated until it is done. @throws Fault where that does not help. Rejects once `stop` is aborted. */
export async function untilDone<T>(
  action: (signal: AbortSignal) => Promise<T>,
  retrier: Retrier,
  stop: AbortSignal,
): Promise<T> {
  let result: { readonly value: T } | undefined;
  const [fault] = await retrier.run(
    [action],
    async ([one], signal) => {
      if (one !== undefined) result = { value: await one(signal) };
      return ['done'];
    },
    { ...NO_LIMIT, signal: stop },
  );
  stop.throwIfAborted();
  if (fault !== undefined) throw fault;
  if (result === undefined) throw new Fault('transient', 'it has given nothing');
  return result.value;
}
