import type { HeldMessage } from './held-message.ts';

/** The messages of one collection that wait for their batch. */
export class IndexLane {
  /** Whether somebody works on it. */
  isBusy = false;
  /** Until when whoever works on it waits, in milliseconds since 1970; for nobody, if nobody does. */
  waitsUntil = -Infinity;
  #ready: HeldMessage[] = [];
  #later: HeldMessage[] = [];
  /** When the first of those that are ready came. */
  #since = 0;

  add(message: HeldMessage, now: number): void {
    if (message.notBefore > now) this.#later.push(message);
    else {
      if (this.#ready.length === 0) this.#since = now;
      this.#ready.push(message);
    }
  }

  get isEmpty(): boolean {
    return this.#ready.length === 0 && this.#later.length === 0;
  }

  /** When there is a batch, in milliseconds since 1970: once it is whole, or the first of it has waited for so long. */
  dueAt(now: number, load: number, lingerMs: number): number {
    if (this.#later.some(({ notBefore }) => notBefore <= now)) {
      const later = this.#later;
      this.#later = [];
      for (const message of later) this.add(message, now);
    }
    if (this.#ready.length >= load) return now;
    if (this.#ready.length > 0) return this.#since + lingerMs;
    return this.#later.reduce((first, { notBefore }) => Math.min(first, notBefore), Infinity);
  }

  /** Takes the next batch: those that came first. */
  take(load: number, now: number): HeldMessage[] {
    const batch = this.#ready.slice(0, load);
    this.#ready = this.#ready.slice(load);
    this.#since = now;
    return batch;
  }

  takeAll(): HeldMessage[] {
    const all = [...this.#ready, ...this.#later];
    [this.#ready, this.#later] = [[], []];
    return all;
  }

  /** Leaves out what is somebody else's, and was not tried here. */
  drop(isDropped: (message: HeldMessage) => boolean): void {
    this.#ready = this.#ready.filter((message) => !isDropped(message));
    this.#later = this.#later.filter((message) => !isDropped(message));
  }
}
