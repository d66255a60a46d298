import { type GivenUp, type GivenUpMessage, GivenUpMessages } from '../../application/ports/given-up.ts';

/** So many messages are received at a time. */
const MOST = 10;

/** What was given up, in an array. */
export class MemoryGivenUp extends GivenUpMessages {
  readonly #messages: GivenUpMessage[] = [];
  #next = 0;
  #added = 0;

  add(...holds: readonly GivenUp[]): void {
    const place = `message ${++this.#added}`;
    this.#messages.push({ place, receipt: place, holds });
  }

  /** What is still there, in the order in which it came. */
  get left(): readonly GivenUpMessage[] {
    return this.#messages;
  }

  override async receive(signal?: AbortSignal): Promise<readonly GivenUpMessage[]> {
    signal?.throwIfAborted();
    const messages = this.#messages.slice(this.#next, this.#next + MOST);
    this.#next += messages.length;
    return messages;
  }

  override async acknowledge(messages: readonly GivenUpMessage[]) {
    for (const { receipt } of messages) {
      const index = this.#messages.findIndex((one) => one.receipt === receipt);
      if (index < 0) continue;
      this.#messages.splice(index, 1);
      if (index < this.#next) this.#next--;
    }
    return messages.map(() => 'done' as const);
  }

  override async close(): Promise<void> {
    this.#next = 0;
  }
}
