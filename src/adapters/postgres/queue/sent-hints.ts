import { setMaxListeners } from 'node:events';
import type { Clock } from '../../../application/ports/clock.ts';
import type { Sleeper } from '../../../application/ports/sleeper.ts';
import type { Database } from '../client/database.ts';

/** How long after a connection was lost, or not made, the next is tried. */
const RETRY_MS = 1_000;

export interface SentHintsOptions {
  readonly clock: Clock;
  readonly sleeper: Sleeper;
  /** For how many milliseconds it is listened when nobody waits any more: whoever receives one message after the other waits again at once. */
  readonly lingerMs: number;
}

interface Listening {
  /** What ends it, once it has begun. */
  end: (() => void) | undefined;
}

/**
 * Wakes those that wait for search actions when some are sent, as far as notifications arrive. They are hints: one that is lost costs whoever waits no
 * more than the time until he looks by himself. They are listened for while somebody waits, and a little longer.
 */
export class SentHints {
  readonly #database: Database;
  readonly #channel: string;
  readonly #clock: Clock;
  readonly #sleeper: Sleeper;
  readonly #lingerMs: number;
  readonly #waiting = new Set<AbortController>();
  #count = 0;
  #listeners = 0;
  #listening: Listening | undefined;
  #retryAt = -Infinity;
  #leaving: NodeJS.Timeout | undefined;

  constructor(database: Database, channel: string, { clock, sleeper, lingerMs }: SentHintsOptions) {
    this.#database = database;
    this.#channel = channel;
    this.#clock = clock;
    this.#sleeper = sleeper;
    this.#lingerMs = lingerMs;
  }

  /** Listens, with all others, until it is ended. What was sent before that begins is not heard of, but whoever waits then is woken once. */
  begin(): { readonly end: () => void } {
    this.#listeners++;
    clearTimeout(this.#leaving);
    this.#listen();
    return {
      end: () => {
        if (--this.#listeners === 0) this.#leaving = setTimeout(() => this.#leave(), this.#lingerMs).unref();
      },
    };
  }

  /** How many hints there were so far. */
  get count(): number {
    return this.#count;
  }

  /** Waits for more hints than so many, but no longer than for so many milliseconds, nor once `signal` is aborted. */
  async wait(count: number, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    // Again, where the connection was lost.
    this.#listen();
    if (this.#count > count) return;
    const woken = new AbortController();
    const wake = () => woken.abort();
    this.#waiting.add(woken);
    // Not AbortSignal.any: what it made of a signal that lives as long as the process would stay until that ends.
    if (signal !== undefined) {
      setMaxListeners(0, signal);
      signal.addEventListener('abort', wake);
    }
    try {
      if (signal?.aborted === true) wake();
      await this.#sleeper.sleep(milliseconds, woken.signal);
    } finally {
      this.#waiting.delete(woken);
      signal?.removeEventListener('abort', wake);
    }
  }

  #listen(): void {
    if (this.#listening !== undefined || this.#clock.now() < this.#retryAt) return;
    const listening: Listening = { end: undefined };
    this.#listening = listening;
    const lost = () => {
      if (this.#listening !== listening) return;
      this.#listening = undefined;
      this.#retryAt = this.#clock.now() + RETRY_MS;
    };
    this.#database
      .listen(this.#channel, () => this.#wake(), lost)
      .then((end) => {
        if (this.#listening !== listening) {
          end();
          return;
        }
        listening.end = end;
        // Of what was sent before, nothing was heard.
        this.#wake();
        // What is wrong with the database, whoever looks into the queue is told.
      }, lost);
  }

  #wake(): void {
    this.#count++;
    for (const woken of this.#waiting) woken.abort();
  }

  #leave(): void {
    this.#listening?.end?.();
    this.#listening = undefined;
  }
}
