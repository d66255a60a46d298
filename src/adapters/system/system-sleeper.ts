import { setTimeout as wait } from 'node:timers/promises';
import { Sleeper } from '../../application/ports/sleeper.ts';

/** Waits in real time. */
export class SystemSleeper extends Sleeper {
  override async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    try {
      await wait(milliseconds, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
