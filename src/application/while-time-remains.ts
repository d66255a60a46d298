import type { Sleeper } from './ports/sleeper.ts';

export interface Watching {
  readonly sleeper: Sleeper;
  /** How often it is looked at least, in milliseconds: time may run out sooner than it was to. */
  readonly stepMs: number;
}

/**
 * Does work whose time may be prolonged, or run out, while it is done.
 *
 * @param remaining milliseconds.
 * @param work given a signal that is aborted once no time remains any more. Where there was none from the start, it is for the
 *   work to do what takes none.
 */
export async function whileTimeRemains<T>(
  remaining: () => number,
  { sleeper, stepMs }: Watching,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const [over, ended] = [new AbortController(), new AbortController()];
  const watch = async () => {
    for (let hadSome = false; !ended.signal.aborted;) {
      const left = remaining();
      if (left > 0) hadSome = true;
      else if (hadSome) {
        over.abort(OVER);
        return;
      }
      await sleeper.sleep(left > 0 ? Math.min(left, stepMs) : stepMs, ended.signal);
    }
  };
  const watching = watch();
  try {
    return await work(over.signal);
  } finally {
    ended.abort(OVER);
    await watching;
  }
}

/** Given, as the reason that is made otherwise takes a stack trace. */
const OVER = 'no time remains';
