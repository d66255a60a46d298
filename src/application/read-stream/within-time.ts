import { Fault } from '../../domain/fault.ts';
import type { MonotonicClock } from '../ports/monotonic-clock.ts';
import type { Sleeper } from '../ports/sleeper.ts';
import type { TimeLimit } from '../time-limit.ts';

interface Bounds {
  readonly monotonic: MonotonicClock;
  readonly sleeper: Sleeper;
}

/** After the time is up, work has so long to say what became of it, in milliseconds. */
const GRACE_MS = 1_000;

/**
 * Does work within a time. It is told when that is up; if it has no answer soon after, it is left alone.
 *
 * @param until when the time is up, by the monotonic clock. `Infinity`: work that takes as long as it takes, and answers as soon as it is told.
 * @param cut aborted when it is up already.
 * @throws Fault `transient` when the work gave no answer in time.
 */
export async function withinTime<T>(
  { monotonic, sleeper }: Bounds,
  until: number,
  cut: AbortSignal,
  work: (limit: TimeLimit) => Promise<T>,
): Promise<T> {
  // Without timers and signals of its own: of work that is small, they would be most.
  if (until === Infinity) return work({ signal: cut, remaining: () => (cut.aborted ? 0 : Infinity) });
  const [time, over] = [new AbortController(), new AbortController()];
  const wake = new AbortController();
  const end = () => {
    time.abort();
    wake.abort();
  };
  cut.addEventListener('abort', end);
  if (cut.aborted) end();
  const remaining = () => (time.signal.aborted ? 0 : until - monotonic.elapsed());
  const late = async (): Promise<never> => {
    if (!time.signal.aborted) await sleeper.sleep(remaining(), wake.signal);
    time.abort();
    await sleeper.sleep(GRACE_MS, over.signal);
    throw new Fault(
      'transient',
      'no answer within the time for a batch: it may or may not have taken effect',
    );
  };
  try {
    const answer = late();
    // When the work was faster, nobody waits for it.
    answer.catch(() => undefined);
    return await Promise.race([work({ signal: time.signal, remaining }), answer]);
  } finally {
    over.abort();
    wake.abort();
    cut.removeEventListener('abort', end);
  }
}
