import type { Random } from '../../../src/feed/random.ts';

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
  readonly #heap: Event[] = [];
  #order = 0;
  #now: number;
  #fired = 0;

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
    this.#push({
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

  /** Lets the next event happen, and all that follows from it at once. False when none is left. */
  async step(): Promise<boolean> {
    for (let event = this.#pop(); event !== undefined; event = this.#pop()) {
      const { place } = event;
      if (place?.alive === false) continue;
      if (place !== undefined && place.frozenUntil > event.time) {
        event.time = place.frozenUntil;
        event.tie = this.#random.fraction();
        this.#push(event);
        continue;
      }
      this.#now = event.time;
      this.#fired++;
      await event.action();
      await settled();
      return true;
    }
    return false;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(event, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      let below = heap[child];
      if (below === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, below)) {
        child++;
        below = right;
      }
      if (!isBefore(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.time - b.time < 0 || (a.time === b.time && (a.tie - b.tie || a.order - b.order) < 0);
}

/** Comes only after every promise that can go on has gone on: those come before anything else that waits. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
