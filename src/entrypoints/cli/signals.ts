import { once } from 'node:events';
import { constants } from 'node:os';

/** Ctrl-C, the end that a supervisor asks for, and a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/*
 * At any moment somebody listens to each: with the last listener, Node forgets a signal that has come and was not told of yet, as
 * while modules are loaded.
 */

/**
 * From now on a signal ends the process, by way of its `exit` event: whatever must be left in order listens to that.
 * Shells see it as the status 128 + the signal's number. May be called again.
 */
export function endOnSignals(): void {
  for (const signal of SIGNALS) if (!process.listeners(signal).includes(end)) process.on(signal, end);
}

/** Stays up until the first signal, which does not end the process. The next one does. */
export async function untilSignal(): Promise<void> {
  const come = Promise.race(SIGNALS.map((signal) => once(process, signal)));
  for (const signal of SIGNALS) process.off(signal, end);
  // Waiting for a signal alone keeps no process up.
  const stayUp = setInterval(() => undefined, 60_000);
  await come;
  clearInterval(stayUp);
  endOnSignals();
}

/**
 * The first signal from now on ends nothing: it aborts what is returned. The next one ends the process.
 *
 * @returns `release`, to have signals end the process again.
 */
export function stopOnSignal(): { readonly signal: AbortSignal; readonly release: () => void } {
  const stopping = new AbortController();
  const stop = () => {
    release();
    stopping.abort();
  };
  const release = () => {
    for (const signal of SIGNALS) process.off(signal, end).on(signal, end).off(signal, stop);
  };
  for (const signal of SIGNALS) process.on(signal, stop).off(signal, end);
  return { signal: stopping.signal, release };
}

function end(signal: NodeJS.Signals): void {
  for (const one of SIGNALS) process.off(one, end);
  process.emit('exit', 128 + constants.signals[signal]);
  // `process.exit` would wait for what its threads do: open a pipe that nobody reads, or read one that nobody writes
  // to. Without listeners, the signal does what it does by itself.
  process.kill(process.pid, signal);
  // The first process of a container is spared by such a signal.
  process.removeAllListeners('exit');
  process.exit(128 + constants.signals[signal]);
}
