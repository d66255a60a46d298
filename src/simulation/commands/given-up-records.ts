import { type GivenUpMessage, GivenUpMessages } from '../../application/ports/given-up.ts';
import type { Entry } from '../world/entry.ts';
import type { World } from '../world/world.ts';

interface Batch {
  readonly entries: readonly Entry[];
  readonly messages: Map<Entry, GivenUpMessage>;
  readonly done: (left: readonly Entry[]) => void;
}

/** So many are received at a time. */
const MOST = 3;

/** Records that were given up, one to a message, which a command is to redrive. */
export class GivenUpRecords {
  readonly #world: World;
  readonly #begin: () => void;
  /** What is there for whoever begins next, and what the present run is to redrive. */
  readonly #waiting: Batch[] = [];
  #atWork: readonly Batch[] = [];
  #isRunning = false;

  /** @param begin starts a redrive. */
  constructor(world: World, begin: () => void) {
    this.#world = world;
    this.#begin = begin;
  }

  /** @returns whether it takes them: not those of which more is wanted than that what is derived of their rows is in line. */
  take(entries: readonly Entry[], after: number, done: (left: readonly Entry[]) => void): boolean {
    if (!entries.every((entry) => this.#isComputed(entry))) return false;
    this.#world.scheduler.in(after, () => {
      if (entries.some((entry) => this.#isTooEarly(entry))) {
        done(entries);
        return;
      }
      const messages = new Map(
        entries.map((entry) => {
          const place = `record #${entry.number}`;
          return [entry, { place, receipt: place, holds: [{ is: 'record', record: entry.record }] }] as const;
        }),
      );
      this.#waiting.push({ entries, messages, done });
      this.#next();
    });
    return true;
  }

  /** A record that cannot be read does not say after which change its row was brought into line: older ones must be done before, search actions included. */
  #isTooEarly({ spoil, key, number }: Entry): boolean {
    const { ledger, queue } = this.#world;
    return (
      spoil !== undefined &&
      (queue.size > 0 ||
        ledger.entries.some((one) => one.key === key && one.number < number && !ledger.isHandled(one)))
    );
  }

  #next(): void {
    if (this.#isRunning || this.#waiting.length === 0) return;
    this.#isRunning = true;
    this.#atWork = this.#waiting.splice(0);
    this.#begin();
  }

  /** What a process is given: all that is still there. */
  messages(): GivenUpMessages {
    return new Session(this.#atWork, (entry) => {
      this.#world.trace(() => `redriven: #${entry.number}`);
      this.#world.counts.add('record redriven by the command');
      this.#world.ledger.handle(entry);
    });
  }

  /** The run has come to its end: what it has left, it cannot do. */
  done(): void {
    for (const { entries, messages, done } of this.#atWork)
      done(entries.filter((entry) => messages.has(entry)));
    this.#isRunning = false;
    this.#next();
  }

  /** Nothing is lost where a row is brought into line as it is now: no code was to run for the change, and no row that it gave stays. */
  #isComputed(entry: Entry): boolean {
    const { subject } = this.#world;
    const { definition, later = definition } = subject;
    return [definition, later].every((one) => {
      const { kept, effects } = subject.askedBy(entry, one);
      return kept.length === 0 && effects.length === 0;
    });
  }
}

/** The messages as one process receives them, each once. */
class Session extends GivenUpMessages {
  readonly #batches: readonly Batch[];
  readonly #left: GivenUpMessage[];
  readonly #onDone: (entry: Entry) => void;

  constructor(batches: readonly Batch[], onDone: (entry: Entry) => void) {
    super();
    this.#batches = batches;
    this.#left = batches.flatMap(({ messages }) => [...messages.values()]);
    this.#onDone = onDone;
  }

  override async receive(): Promise<readonly GivenUpMessage[]> {
    return this.#left.splice(0, MOST);
  }

  override async acknowledge(acknowledged: readonly GivenUpMessage[]) {
    for (const { receipt } of acknowledged)
      for (const { messages } of this.#batches)
        for (const [entry, message] of messages)
          if (message.receipt === receipt) {
            messages.delete(entry);
            this.#onDone(entry);
          }
    return acknowledged.map(() => 'done' as const);
  }

  override async close(): Promise<void> {
    // What was received is not hidden from others.
  }
}
