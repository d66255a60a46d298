import { Fault } from '../../domain/fault.ts';
import type { Logger } from '../ports/logger.ts';
import type { Random } from '../ports/random.ts';
import type { Sleeper } from '../ports/sleeper.ts';
import { Backoff } from './backoff.ts';

export interface Waiting {
  readonly sleeper: Sleeper;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * Asks again, later and later, until there is an answer.
 *
 * @param retryMs the longest pause, in milliseconds.
 * @throws Fault `configuration` at once, and the reason of `stop` once that is aborted: what failed then is in the log.
 */
export async function untilAnswered<T>(
  { sleeper, random, logger }: Waiting,
  retryMs: number,
  stop: AbortSignal,
  ask: () => Promise<T>,
): Promise<T> {
  const backoff = new Backoff(random, retryMs);
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (stop.aborted && error === stop.reason) throw error;
      if (Fault.is(error) && error.kind === 'configuration') throw error;
      const pause = backoff.next();
      logger.log('warn', 'the streams of the table could not be told', { failures: backoff.failures, error });
      await sleeper.sleep(pause, stop);
      stop.throwIfAborted();
    }
  }
}
