import {
  type ReceivedAction,
  type ReceiveOptions,
  SearchActionSource,
} from '../../application/ports/search-action-source.ts';
import type { Done } from '../../application/result.ts';
import { Fault } from '../../domain/fault.ts';
import type { Random } from '../../random/random.ts';
import type { Instance } from './instance.ts';
import type { MessageQueue } from './message-queue.ts';
import type { Scheduler } from './scheduler.ts';

export interface MessageSourceParts {
  readonly queue: MessageQueue;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly instance: Instance;
  readonly visibilityMs: number;
}

/** The queue's side of what one process asks of it. Whoever receives waits until there is something, however long. */
export class MessageSource extends SearchActionSource {
  override readonly visibilityMs: number;
  readonly #parts: MessageSourceParts;

  constructor(parts: MessageSourceParts) {
    super();
    this.visibilityMs = parts.visibilityMs;
    this.#parts = parts;
  }

  override async receive({ max }: ReceiveOptions): Promise<readonly ReceivedAction[]> {
    const { queue, scheduler, random, instance } = this.#parts;
    for (;;) {
      // Its connection is gone.
      if (!instance.alive) return [];
      const delivered = queue.receive({
        max: random.int(1, max),
        visibleFrom: scheduler.now + this.visibilityMs,
        choose: (groups) => random.int(0, groups - 1),
      });
      if (delivered.length > 0) {
        this.#hide(scheduler.now + this.visibilityMs);
        return delivered.map(({ body, ...rest }) => ({ action: body, ...rest }));
      }
      await new Promise<void>((resolve) => {
        const listening = queue.groups.onFree(() => {
          listening();
          scheduler.in(random.int(1, 50), resolve);
        });
      });
    }
  }

  override async acknowledge(received: readonly ReceivedAction[]): Promise<readonly Done[]> {
    const { queue, scheduler } = this.#parts;
    return received.map(({ receipt }) => (queue.groups.end(receipt, scheduler.now) ? 'done' : notOurs()));
  }

  override async giveBack(received: readonly ReceivedAction[], delayMs: number): Promise<readonly Done[]> {
    const { queue, scheduler } = this.#parts;
    const visibleFrom = this.#hide(scheduler.now + delayMs);
    return received.map(({ receipt }) => {
      queue.groups.release(receipt, scheduler.now, visibleFrom);
      return 'done';
    });
  }

  override async extend(received: readonly ReceivedAction[]): Promise<readonly Done[]> {
    const { queue, scheduler } = this.#parts;
    const visibleFrom = this.#hide(scheduler.now + this.visibilityMs);
    return received.map(({ receipt }) =>
      queue.groups.keep(receipt, scheduler.now, visibleFrom) ? 'done' : notOurs(),
    );
  }

  /** Whoever waits is told once it is visible again. */
  #hide(until: number): number {
    const { queue, scheduler } = this.#parts;
    scheduler.at(until, () => {
      queue.groups.unlock(scheduler.now);
    });
    return until;
  }
}

function notOurs(): Fault {
  return new Fault('conflict', 'simulated: the message is somebody else’s by now');
}
