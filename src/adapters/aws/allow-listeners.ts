import { setMaxListeners } from 'node:events';

/** For a signal that every request under way listens to: more than ten are no leak, which Node would warn of. */
export function allowListeners(signal: AbortSignal | undefined): void {
  if (signal) setMaxListeners(0, signal);
}
