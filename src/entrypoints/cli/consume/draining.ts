import type { Logger } from '../../../application/ports/logger.ts';
import type { HandleRecords } from '../../../application/read-stream/handle-records.ts';
import { Fault } from '../../../domain/fault.ts';

/** How often it is drained where nothing is handled, in milliseconds: for what is given back, and what others have left. */
const EVERY_MS = 30_000;

/**
 * Brings what waits in the search queue into the index, beside the batches: at the start, after each batch, and from time to time; once for
 * all that ask meanwhile. What fails stays in the queue, and is tried the next time.
 */
export class Draining {
  readonly #drain: (stop: AbortSignal) => unknown;
  readonly #logger: Logger;
  readonly #over = new AbortController();
  readonly #stop: AbortSignal;
  #timer: NodeJS.Timeout | undefined;
  #isAsked = false;
  #underWay: Promise<void> | undefined;

  /**
   * @param drain resolves to the faults of what was refused for good, if to anything.
   * @param stop once aborted, nothing more is begun.
   */
  constructor(drain: (stop: AbortSignal) => unknown, logger: Logger, stop: AbortSignal) {
    this.#drain = drain;
    this.#logger = logger;
    this.#stop = AbortSignal.any([stop, this.#over.signal]);
  }

  start(): void {
    this.#ask();
    this.#timer = setInterval(() => this.#ask(), EVERY_MS);
    this.#timer.unref();
  }

  /** Drains after each batch, and keeps none waiting for that. */
  after(handle: HandleRecords): HandleRecords {
    return async (records, limit) => {
      const results = await handle(records, limit);
      this.#ask();
      return results;
    };
  }

  /**
   * Drains for the last time, after what is under way.
   *
   * @param stop once aborted, nothing more is begun.
   * @throws what draining throws.
   */
  async finish(stop: AbortSignal): Promise<void> {
    await this.end();
    await this.#drainOnce(stop);
    if (stop.aborted)
      this.#logger.log(
        'warn',
        'documents may be left in the search queue: the next start goes on with them',
        {},
      );
  }

  /** Begins nothing more, and resolves once what is under way has ended. May be called again. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#over.abort();
    await this.#underWay;
  }

  #ask(): void {
    if (this.#stop.aborted) return;
    this.#isAsked = true;
    this.#underWay ??= this.#drainAsked();
  }

  async #drainAsked(): Promise<void> {
    try {
      while (this.#isAsked && !this.#stop.aborted) {
        this.#isAsked = false;
        await this.#drainOnce(this.#stop);
      }
    } catch (error) {
      this.#logger.log('warn', 'documents could not be indexed', { error });
    } finally {
      this.#underWay = undefined;
    }
  }

  async #drainOnce(stop: AbortSignal): Promise<void> {
    const refused = await this.#drain(stop);
    if (!Array.isArray(refused)) return;
    for (const fault of refused as unknown[])
      if (Fault.is(fault)) this.#logger.log('error', 'a document was refused for good', { error: fault });
  }
}
