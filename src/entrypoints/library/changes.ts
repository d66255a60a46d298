import type { Acknowledgement, Attempt, Taken } from '../../application/read-changes/hand-over.ts';
import { Fault } from '../../domain/fault.ts';
import type { AnyReadChange } from '../../domain/row-change.ts';
import type { Reading } from './reading.ts';

/**
 * Changes, one after the other: `for await (const change of changes)`.
 *
 * **When a change counts as handled.** With one under way at a time, when the loop comes back for the next one, unless `failed` was called;
 * with more, when its `done` is called. A loop that is left by `break` or by an error has not handled its last change: that comes again
 * the next time.
 *
 * **Order.** Those of a row come in their order, and the next one only when the one before is handled; those of other rows meanwhile. One that
 * failed comes again after a pause, and holds back the later ones of its row alone, up to 10,000 records of its shard.
 *
 * **At least once.** What was handled when a process was killed may come again, with the same `id`.
 *
 * **How much.** Nothing is read ahead beyond the reader's bound: who is slow holds reading back, as long as the stream keeps its records, which
 * is a day.
 *
 * It ends when its signal is aborted, the stream has ended or, once, all is handled; it rejects with the Fault that ended it otherwise.
 */
export interface Changes<C> extends AsyncIterableIterator<C & Attempt & Acknowledgement> {
  next(): Promise<IteratorResult<C & Attempt & Acknowledgement, undefined>>;
  /** Gives up what was given and is not handled, and resolves when nothing goes on any more. */
  return(): Promise<IteratorReturnResult<undefined>>;
  [Symbol.asyncIterator](): Changes<C>;
  /**
   * Begins to read. From when it resolves, no change is missed, whatever is written when: each that is made from then on comes, perhaps after some
   * that were made before. A bookmark, to read a table at: take changes once it is read. Asks for a reader that has no
   * processes beside it, as it cannot tell where those stand.
   *
   * Rejects when reading has ended before: with the Fault that ended it, or what the signal was aborted with.
   */
  begun(): Promise<void>;
}

/** Changes of a reading that begins when the first one is asked for. */
export class ReadingChanges implements Changes<AnyReadChange> {
  readonly #begin: () => Reading;
  readonly #isOneByOne: boolean;
  #reading: Reading | undefined;
  /** The one that is handled when the next one is asked for. */
  #last: Taken<AnyReadChange> | undefined;
  /** Whoever asks for several at once gets one after the other. */
  #asked: Promise<unknown> = Promise.resolve();
  #isOver = false;

  constructor(begin: () => Reading, isOneByOne: boolean) {
    this.#begin = begin;
    this.#isOneByOne = isOneByOne;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async begun(): Promise<void> {
    if (this.#isOver && this.#reading === undefined)
      throw new Fault('transient', 'the changes were left before reading had begun');
    await this.#start().begun;
  }

  next(): ReturnType<Changes<AnyReadChange>['next']> {
    const next = this.#asked.then(() => this.#next());
    this.#asked = next.catch(() => undefined);
    return next;
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    const isFirst = this.#ends();
    this.#reading?.leave();
    // What it failed by is told once.
    await (isFirst ? this.#reading?.ended : this.#reading?.ended.catch(() => undefined));
    return OVER;
  }

  async #next(): ReturnType<Changes<AnyReadChange>['next']> {
    if (this.#isOver) return OVER;
    const reading = this.#start();
    this.#last?.done();
    const taken = await reading.handOver.take();
    if (taken !== undefined) {
      if (this.#isOneByOne) this.#last = taken;
      return { done: false, value: taken.change };
    }
    // What it failed by is told once.
    if (this.#ends()) await reading.ended;
    return OVER;
  }

  /** @returns whether it had not before. */
  #ends(): boolean {
    const isFirst = !this.#isOver;
    this.#isOver = true;
    return isFirst;
  }

  #start(): Reading {
    return (this.#reading ??= this.#begin());
  }
}

const OVER = { done: true, value: undefined } as const;
