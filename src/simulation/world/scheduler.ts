import TinyQueue from 'tinyqueue';
import type { Random } from '../../random/random.ts';

/** Where an event happens. Nothing happens in a process that is dead; in a frozen one it waits for the thaw. */
export interface Place {
  readonly alive: boolean;
  /** In virtual milliseconds; in the past when it is not frozen. */
  readonly frozenUntil: number;
}

interface Event {
  time: number;
  tie: number;
  readonly order: number;
  readonly action: () => void | Promise<void>;
  readonly place: Place | undefined;
}

/**
 * Virtual time. Events happen one by one, in the order of their times, ties by chance; between two events
 * everything that promises still have to do is done.
 */
export class Scheduler {
  readonly #random: Random;
  readonly #events = new TinyQueue<Event>([], inOrder);
  #order = 0;
  #now: number;
  #fired = 0;
  readonly #outside = new Set<Promise<unknown>>();

  constructor(start: number, random: Random) {
    this.#now = start;
    this.#random = random;
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  get fired(): number {
    return this.#fired;
  }

  at(time: number, action: () => void | Promise<void>, place?: Place): void {
    this.#events.push({
      time: Math.max(time, this.#now),
      tie: this.#random.fraction(),
      order: this.#order++,
      action,
      place,
    });
  }

  in(milliseconds: number, action: () => void | Promise<void>, place?: Place): void {
    this.at(this.#now + milliseconds, action, place);
  }

  /** Time stands still until a promise is settled that depends on more than this world. */
  async outside<T>(promise: Promise<T>): Promise<T> {
    const settles = promise.catch(() => undefined);
    this.#outside.add(settles);
    try {
      return await promise;
    } finally {
      this.#outside.delete(settles);
    }
  }

  /** Lets the next event happen, and all that follows from it at once. False when none is left. */
  async step(): Promise<boolean> {
    for (let event = this.#events.pop(); event !== undefined; event = this.#events.pop()) {
      const { place } = event;
      if (place?.alive === false) continue;
      if (place !== undefined && place.frozenUntil > event.time) {
        event.time = place.frozenUntil;
        event.tie = this.#random.fraction();
        this.#events.push(event);
        continue;
      }
      this.#now = event.time;
      this.#fired++;
      await event.action();
      await settled();
      while (this.#outside.size > 0) {
        await Promise.race(this.#outside);
        await settled();
      }
      return true;
    }
    return false;
  }
}

function inOrder(a: Event, b: Event): number {
  return a.time - b.time || a.tie - b.tie || a.order - b.order;
}

/** Comes only after every promise that can go on has gone on: those come before anything else that waits. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
