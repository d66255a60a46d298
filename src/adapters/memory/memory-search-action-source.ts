import type { Clock } from '../../application/ports/clock.ts';
import {
  type ReceivedAction,
  type ReceiveOptions,
  SearchActionSource,
} from '../../application/ports/search-action-source.ts';
import type { Sleeper } from '../../application/ports/sleeper.ts';
import type { Done } from '../../application/result.ts';
import { Fault } from '../../domain/fault.ts';
import type { MemorySearchQueue } from './memory-search-queue.ts';

export interface MemorySourceOptions {
  readonly clock: Clock;
  readonly sleeper: Sleeper;
  /** @default 30_000 */
  readonly visibilityMs?: number;
}

/** Receives from a queue in memory. There may be any number for one queue, each a receiver of its own. */
export class MemorySearchActionSource extends SearchActionSource {
  override readonly visibilityMs: number;
  readonly #queue: MemorySearchQueue;
  readonly #clock: Clock;
  readonly #sleeper: Sleeper;

  constructor(queue: MemorySearchQueue, { clock, sleeper, visibilityMs = 30_000 }: MemorySourceOptions) {
    super();
    this.#queue = queue;
    this.#clock = clock;
    this.#sleeper = sleeper;
    this.visibilityMs = visibilityMs;
  }

  override async receive({ max, waitMs, signal }: ReceiveOptions): Promise<readonly ReceivedAction[]> {
    for (const end = this.#clock.now() + waitMs; ;) {
      if (signal?.aborted === true) return [];
      const now = this.#clock.now();
      const visibleFrom = now + this.visibilityMs;
      const delivered = this.#queue.groups.receive({ max, now, visibleFrom });
      if (delivered.length > 0) return delivered.map(({ body, ...rest }) => ({ action: body, ...rest }));
      if (now >= end) return [];
      await this.#change(Math.min(end, this.#queue.groups.nextFree ?? end) - now, signal);
    }
  }

  /** Waits for something to receive, no longer than that. */
  async #change(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    const wake = new AbortController();
    const listening = this.#queue.groups.onFree(() => {
      wake.abort();
    });
    await this.#sleeper.sleep(milliseconds, signal ? AbortSignal.any([signal, wake.signal]) : wake.signal);
    listening();
  }

  override async acknowledge(received: readonly ReceivedAction[]): Promise<readonly Done[]> {
    const now = this.#clock.now();
    return received.map(({ receipt }) => (this.#queue.groups.end(receipt, now) ? 'done' : notOurs()));
  }

  override async giveBack(received: readonly ReceivedAction[], delayMs: number): Promise<readonly Done[]> {
    const now = this.#clock.now();
    for (const { receipt } of received) this.#queue.groups.release(receipt, now, now + delayMs);
    return received.map(() => 'done');
  }

  override async extend(received: readonly ReceivedAction[]): Promise<readonly Done[]> {
    const now = this.#clock.now();
    const visibleFrom = now + this.visibilityMs;
    return received.map(({ receipt }) =>
      this.#queue.groups.keep(receipt, now, visibleFrom) ? 'done' : notOurs(),
    );
  }
}

function notOurs(): Fault {
  return new Fault('conflict', "the message's visibility has ended: somebody else may have it");
}
