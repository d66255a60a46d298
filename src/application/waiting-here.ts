import type { Fault } from '../domain/fault.ts';
import { BackPressure } from './back-pressure.ts';
import type { HeldMessage } from './held-message.ts';
import type { IndexOutcome } from './index-outcome.ts';

/** How often a message may fail of itself before it is given back. */
const OF_ITSELF = 5;

export interface WaitingOptions {
  /** How many messages are held at a time. */
  readonly heldMax: number;
  /** Whether the process ends once there is nothing more to receive. */
  readonly once: boolean;
}

/**
 * Which of the messages that failed wait in this process to be tried again. Each delivery counts towards the dead-letter queue,
 * where neither an outage nor a setting that somebody has yet to mend must take good messages. Two are given back all the same,
 * as they would stand in the way of all others: one that fails again and again while others are done, and those of a wrong
 * setting beyond a quarter of what may be held.
 */
export class WaitingHere {
  readonly #options: WaitingOptions;
  /** Batches of which something was done. */
  #done = 0;
  #misconfigured = 0;

  constructor(options: WaitingOptions) {
    this.#options = options;
  }

  /**
   * Begins with the messages of a batch.
   *
   * @param misconfigured counts the others that wait for a setting.
   */
  begin(outcomes: readonly IndexOutcome[], misconfigured: () => number): void {
    if (outcomes.some(({ status }) => status === 'done')) this.#done++;
    const isAnother = outcomes.some(
      (outcome) => outcome.status === 'again' && outcome.fault.kind === 'configuration',
    );
    this.#misconfigured = isAnother ? misconfigured() : 0;
  }

  /** Whether a message of the batch waits here, and notes it. */
  isFor(message: HeldMessage, fault: Fault): boolean {
    message.isMisconfigured = false;
    if (fault.kind === 'permanent') return false;
    if (fault.kind === 'configuration') {
      if (this.#options.once || this.#misconfigured >= this.#options.heldMax / 4) return false;
      this.#misconfigured++;
      message.isMisconfigured = true;
      return true;
    }
    // That is how the engine is, not the message.
    if (fault instanceof BackPressure) return true;
    if (this.#done > message.doneBefore) message.failuresOfItself++;
    message.doneBefore = this.#done;
    return message.failuresOfItself < OF_ITSELF;
  }
}
