import { MAX_ENTRIES, ModelledMessages } from '../model/search-messages.ts';

/** As V8 lets go of some things only after several. */
const COLLECTIONS = 3;
const collect = (globalThis as unknown as { gc: () => void }).gc;

/**
 * A queue that gives nothing more after so many messages until all that it gave are acknowledged: then nothing is in hand, and what
 * is reachable is what is left of them.
 */
export class RestingMessages extends ModelledMessages {
  /** Bytes that are reachable, on the heap and beside it, after so many messages each. */
  readonly bytes: number[] = [];
  readonly #marks: number[];
  #given = 0;
  #acknowledged = 0;
  /** Called when nothing is in hand. */
  #resting: (() => void)[] = [];

  constructor(bodies: Iterable<string>, marks: readonly number[]) {
    super(bodies, 0);
    this.#marks = [...marks];
  }

  override async take(max: number): Promise<readonly string[]> {
    while (this.#given >= this.#mark) await this.#rest();
    const asked = Math.min(max, MAX_ENTRIES, this.#mark - this.#given);
    this.#given += asked;
    const bodies = await super.take(asked);
    this.#given -= asked - bodies.length;
    return bodies;
  }

  override async acknowledge(received: readonly unknown[]) {
    const done = await super.acknowledge(received);
    this.#acknowledged += received.length;
    // Once the indexer has let go of them, too.
    if (this.#acknowledged === this.#given) setImmediate(() => this.#wake());
    return done;
  }

  get #mark(): number {
    return this.#marks[0] ?? Infinity;
  }

  async #rest(): Promise<void> {
    if (this.#acknowledged === this.#given) this.#wake();
    else await new Promise<void>((resolve) => this.#resting.push(resolve));
  }

  #wake(): void {
    if (this.#given >= this.#mark) {
      this.#marks.shift();
      for (let n = 0; n < COLLECTIONS; n++) collect();
      const { heapUsed, external } = process.memoryUsage();
      this.bytes.push(heapUsed + external);
    }
    for (const resume of this.#resting.splice(0)) resume();
  }
}
