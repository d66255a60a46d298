import { once } from 'node:events';
import { constants } from 'node:os';

/** Ctrl-C, the end that a supervisor asks for, and a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * From now on a signal ends the process with the status 128 + its number, as shells expect, and by way of its `exit`
 * event: whatever must be left in order listens to that.
 */
export function endOnSignals(): void {
  for (const signal of SIGNALS) process.on(signal, end);
}

/** Stays up until the first signal, which does not end the process. The next one does. */
export async function untilSignal(): Promise<void> {
  for (const signal of SIGNALS) process.off(signal, end);
  // Waiting for a signal alone keeps no process up.
  const stayUp = setInterval(() => undefined, 60_000);
  await Promise.race(SIGNALS.map((signal) => once(process, signal)));
  clearInterval(stayUp);
  endOnSignals();
}

function end(signal: NodeJS.Signals): void {
  process.exit(128 + constants.signals[signal]);
}
