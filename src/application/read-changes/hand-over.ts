import { Fault } from '../../domain/fault.ts';
import type { HandleRecords } from '../read-stream/handle-records.ts';
import type { Done } from '../result.ts';

/** An attempt at a change. */
export interface Attempt {
  /** 1 for the first time that this process gives the change. */
  readonly attempt: number;
  /** Aborted when the change is given up, as another process reads its shard now, or the reader ends: it comes again there, or the next time. */
  readonly signal: AbortSignal;
}

/** What becomes of a change. Only what is said first counts, and nothing once the change is given up. */
export interface Acknowledgement {
  /** It is handled, and does not come again. */
  readonly done: () => void;
  /**
   * It is not handled: it comes again after a pause. The later changes of its row wait for it; how far the shard is handled stays
   * before it.
   */
  readonly failed: (error: unknown) => void;
}

/** A change that somebody has. */
export interface Taken<C> extends Acknowledgement {
  readonly change: C & Attempt & Acknowledgement;
  /** Nobody handles it now. */
  readonly giveUp: () => void;
}

export interface HandOverDependencies<C> {
  /** The changes that a record tells of. @throws what is wrong with it. */
  readonly decode: (record: unknown) => readonly C[];
  /** What becomes of a record that cannot be decoded; where it rejects, the record comes again. */
  readonly undecodable: (record: unknown, fault: Fault) => Promise<void>;
  /** Told of each attempt that failed. */
  readonly failed: (change: C, attempt: number, error: unknown) => void;
}

/** Changes on their way from a reader to whoever takes them, one by one. A record is handled once all of its changes are. */
export class HandOver<C extends object> {
  readonly #deps: HandOverDependencies<C>;
  readonly #waiting: Taken<C>[] = [];
  readonly #takers: ((taken: Taken<C> | undefined) => void)[] = [];
  /** What gives up those that are not settled: all, and by what tells of it. */
  readonly #open = new Set<() => void>();
  readonly #openUntil = new WeakMap<AbortSignal, Set<() => void>>();
  readonly #attempts = new WeakMap<object, number>();
  #isOver = false;

  constructor(deps: HandOverDependencies<C>) {
    this.#deps = deps;
  }

  readonly handle: HandleRecords = async (records, { signal }) => {
    const results: Done[] = [];
    let failure: Fault | undefined;
    for (const record of records) {
      const result: Done = failure ?? (await this.#handle(record, signal));
      // Those behind it may be of its item.
      if (result !== 'done') failure = result;
      results.push(result);
    }
    return results;
  };

  /** The next change, once there is one; undefined when it is over. */
  take(): Promise<Taken<C> | undefined> {
    const taken = this.#waiting.shift();
    if (taken !== undefined || this.#isOver) return Promise.resolve(taken);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  /** Nothing more is given. What was taken may still be acknowledged. */
  close(): void {
    this.#isOver = true;
    for (const { giveUp } of this.#waiting.splice(0)) giveUp();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  /** What was taken is given up as well. */
  end(): void {
    this.close();
    for (const giveUp of this.#open) giveUp();
  }

  async #handle(record: unknown, signal: AbortSignal): Promise<Done> {
    let changes: readonly C[];
    try {
      changes = this.#deps.decode(record);
    } catch (error) {
      return this.#undecodable(record, Fault.from(error), signal);
    }
    const attempt = this.#attemptOf(record);
    for (const change of changes) {
      const result = await this.#give(change, attempt, signal);
      if (result !== 'done') return result;
    }
    return 'done';
  }

  /** Who has it may never answer: once it is given up, nobody waits for that. */
  #undecodable(record: unknown, fault: Fault, limit: AbortSignal): Promise<Done> {
    if (this.#isOver || limit.aborted) return Promise.resolve(GIVEN_UP);
    return new Promise((resolve) => {
      const openIn = [this.#open, this.#openWith(limit)];
      const settle = (result: Done) => {
        for (const open of openIn) open.delete(giveUp);
        resolve(result);
      };
      const giveUp = () => settle(GIVEN_UP);
      for (const open of openIn) open.add(giveUp);
      this.#deps.undecodable(record, fault).then(
        () => settle('done'),
        () => settle(fault),
      );
    });
  }

  #attemptOf(record: unknown): number {
    if (typeof record !== 'object' || record === null) return 1;
    const attempt = (this.#attempts.get(record) ?? 0) + 1;
    this.#attempts.set(record, attempt);
    return attempt;
  }

  /** One listener for all: of a signal with more than ten, Node would warn of a leak. */
  #openWith(limit: AbortSignal): Set<() => void> {
    const known = this.#openUntil.get(limit);
    if (known !== undefined) return known;
    const open = new Set<() => void>();
    this.#openUntil.set(limit, open);
    limit.addEventListener('abort', () => {
      for (const giveUp of open) giveUp();
    });
    return open;
  }

  /** Resolves with what becomes of it. */
  #give(change: C, attempt: number, limit: AbortSignal): Promise<Done> {
    if (this.#isOver || limit.aborted) return Promise.resolve(GIVEN_UP);
    return new Promise((resolve) => {
      const own = new LazyController();
      const others = this.#openWith(limit);
      let isSettled = false;
      const settle = (result: Done): boolean => {
        if (isSettled) return false;
        isSettled = true;
        for (const open of [this.#open, others]) open.delete(giveUp);
        resolve(result);
        return true;
      };
      const giveUp = () => {
        if (!settle(GIVEN_UP)) return;
        const index = this.#waiting.indexOf(taken);
        if (index >= 0) this.#waiting.splice(index, 1);
        own.abort();
      };
      const done = () => void settle('done');
      const failed = (error: unknown) => {
        const fault = new Fault('transient', 'the change was not handled', { cause: error });
        if (settle(fault)) this.#deps.failed(change, attempt, error);
      };
      const given = Object.assign(change, { attempt, done, failed });
      Object.defineProperty(given, 'signal', { get: () => own.signal, enumerable: true });
      const taken = { done, failed, giveUp, change: Object.freeze(given) as Taken<C>['change'] };
      for (const open of [this.#open, others]) open.add(giveUp);
      const taker = this.#takers.shift();
      if (taker === undefined) this.#waiting.push(taken);
      else taker(taken);
    });
  }
}

const GIVEN_UP = new Fault('transient', 'the change was given up: it comes again');

/** Most of those who have a change ask for no signal. */
class LazyController {
  #controller: AbortController | undefined;
  #isAborted = false;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isAborted) this.#controller.abort();
    return this.#controller.signal;
  }

  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort();
  }
}
