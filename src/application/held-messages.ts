import { Fault } from '../domain/fault.ts';
import type { HeldMessage } from './held-message.ts';
import type { Ongoing } from './ongoing.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { ReceivedAction, SearchActionSource } from './ports/search-action-source.ts';
import type { Sleeper } from './ports/sleeper.ts';
import type { Done } from './result.ts';

export interface HeldDependencies {
  readonly source: SearchActionSource;
  readonly clock: Clock;
  readonly sleeper: Sleeper;
  readonly logger: Logger;
  readonly ongoing: Ongoing;
  /** Told when there are fewer. */
  readonly onFewer: () => void;
  /** Told of one that somebody else may have, and that was not tried here: it is not held any more. */
  readonly onLost: (message: HeldMessage) => void;
}

/** What a process has received: kept from others, for as long as it takes, until it is acknowledged or given back. */
export class HeldMessages {
  readonly #deps: HeldDependencies;
  readonly #messages = new Set<HeldMessage>();
  /** Aborted once they are not kept any more. */
  readonly #stopped = new AbortController();
  #isKeeping = false;

  constructor(deps: HeldDependencies) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#messages.size;
  }

  /** How many of them are as asked. */
  count(isCounted: (message: HeldMessage) => boolean): number {
    let count = 0;
    for (const message of this.#messages) if (isCounted(message)) count++;
    return count;
  }

  add(messages: readonly HeldMessage[]): void {
    for (const message of messages) this.#messages.add(message);
    if (messages.length > 0 && !this.#isKeeping) this.#deps.ongoing.begin(this.#keep());
  }

  /** From now on their time runs out. */
  stop(): void {
    this.#stopped.abort();
  }

  acknowledge(messages: readonly HeldMessage[]): void {
    this.#letGo(messages, 'acknowledged', (received) => this.#deps.source.acknowledge(received));
  }

  giveBack(messages: readonly HeldMessage[], delayMs: number): void {
    this.#letGo(messages, 'given back', (received) => this.#deps.source.giveBack(received, delayMs));
  }

  /** Only where the source keeps dead letters. */
  refuse(faults: ReadonlyMap<HeldMessage, Fault>): void {
    const { source } = this.#deps;
    const refused = [...faults].map(([{ received }, fault]) => ({ received, fault }));
    this.#letGo(
      [...faults.keys()],
      'kept as dead letters',
      () => source.refuse?.(refused) ?? Promise.resolve([]),
    );
  }

  /** Nobody waits for it: where it fails, the messages come again. */
  #letGo(
    messages: readonly HeldMessage[],
    what: string,
    call: (received: readonly ReceivedAction[]) => Promise<readonly Done[]>,
  ): void {
    if (messages.length === 0) return;
    const { logger, ongoing, onFewer } = this.#deps;
    ongoing.begin(
      answers(call(messages.map(({ received }) => received))).then((results) => {
        const faults = results.filter((result) => Fault.is(result));
        if (faults.length > 0)
          logger.log('warn', `messages of the search queue not ${what}`, {
            ...{ count: faults.length, error: faults[0] },
          });
        for (const message of messages) this.#messages.delete(message);
        onFewer();
      }),
    );
  }

  /** Keeps them from others for as long as there are any. */
  async #keep(): Promise<void> {
    const { clock, source, sleeper } = this.#deps;
    this.#isKeeping = true;
    while (this.size > 0 && !this.#stopped.signal.aborted) {
      const from = clock.now();
      const short = [...this.#messages].filter(
        (message) => !message.isLost && message.heldUntil - from < (source.visibilityMs * 2) / 3,
      );
      if (short.length > 0) {
        const results = await answers(source.extend(short.map(({ received }) => received)));
        for (const [index, message] of short.entries()) {
          const result = results[index];
          if (result === 'done') message.heldUntil = from + source.visibilityMs;
          else if (result?.kind === 'conflict') this.#lose(message);
        }
      }
      if (this.size > 0) await sleeper.sleep(source.visibilityMs / 6, this.#stopped.signal);
    }
    this.#isKeeping = false;
  }

  /** Somebody else may have it. What was tried here goes on, as what was written may come after what they write. */
  #lose(message: HeldMessage): void {
    message.isLost = true;
    if (message.isTried) return;
    this.#messages.delete(message);
    this.#deps.onLost(message);
  }
}

async function answers(call: Promise<readonly Done[]>): Promise<readonly Done[]> {
  try {
    return await call;
  } catch (error) {
    return [Fault.from(error)];
  }
}
