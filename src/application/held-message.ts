import { Fault } from '../domain/fault.ts';
import type { ReceivedAction } from './ports/search-action-source.ts';

/** A message that this process has received, until it is acknowledged or given back. */
export class HeldMessage {
  received: ReceivedAction;
  /** Until when nobody else is given it, as far as is known. */
  heldUntil: number;
  /** Not to be tried before. */
  notBefore = 0;
  /** Whether it was in a batch: something may have been written for it. */
  isTried = false;
  /** How often it failed although others were done since it had failed before, or along with it. */
  failuresOfItself = 0;
  /** How many batches were done before it failed last. */
  doneBefore = 0;
  /** Whether it waits for somebody to mend a setting. */
  isMisconfigured = false;
  /** Somebody else may have it by now. */
  isLost = false;

  constructor(received: ReceivedAction, heldUntil: number) {
    this.received = received;
    this.heldUntil = heldUntil;
  }

  /** Its collection; empty where it cannot be read: no collection is named so. */
  get lane(): string {
    const { action } = this.received;
    return Fault.is(action) ? '' : action.key.collection;
  }

  /** To be tried again, as if it had been delivered again: what was written for it may come late. */
  retryAt(time: number): void {
    this.notBefore = time;
    this.received = { ...this.received, receives: this.received.receives + 1 };
  }
}
