import { Fault } from '../../../domain/fault.ts';

/** Work that is given up once the time is over: all of it at the same moment, as all of it began at once. */
export class TimeLimited {
  readonly #ms: number;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #over: Promise<never>;

  constructor(ms: number) {
    this.#ms = ms;
    this.#over = new Promise((_, reject) => {
      this.#controller.signal.addEventListener('abort', () => {
        reject(this.#fault());
      });
    });
    // Nobody may be waiting for it.
    this.#over.catch(() => undefined);
    this.#timer = setTimeout(() => {
      this.#controller.abort();
    }, ms);
  }

  /** Work that is done once, for all who ask. @throws Fault `transient` once the time is over. */
  once<T>(work: (signal: AbortSignal) => Promise<T>): () => Promise<T> {
    let pending: Promise<T> | undefined;
    return () => (pending ??= Promise.race([work(this.#controller.signal), this.#over]));
  }

  /** Gives up what is still going on. */
  end(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }

  #fault(): Fault {
    return new Fault('transient', `no answer within ${this.#ms / 1_000} s: ask with a longer --timeout`);
  }
}
