import { Fault } from '../domain/fault.ts';
import type { Metrics } from './ports/metrics.ts';
import type { Random } from './ports/random.ts';
import type { Result } from './result.ts';
import type { Sleeper } from './ports/sleeper.ts';
import type { TimeLimit } from './time-limit.ts';

/*
 * Who retries; each level handles what the levels above it could not:
 *
 * 1. The AWS SDK: one request, 3 times (`AWS_MAX_ATTEMPTS`), after a lost connection, a timeout or throttling. Its pauses
 *    come to 0.15 seconds at most, after throttling to 3; each of the requests may take its timeout of 5 seconds as well.
 * 2. The repositories and the SQS sender: a transaction or batch that was refused, at once, without what was refused or in
 *    halves.
 * 3. `Retrier`, below: one whole effect, starting again from the read (but for what was only `busy`), with pauses, within the
 *    batch's time: 4 times against transient faults, 16 times against other writers. The code of a definition's effect is tried
 *    as often as that says.
 * 4. `retryGroups`: the effect of several changes whose newest can never be carried out. What the others decide is another
 *    effect, and gets all the attempts of 3.
 * 5. Lambda: all records from the lowest failed one on; where the batch threw, all of it, in halves. In the deployed stack
 *    as often as it takes (`MaximumRetryAttempts` -1), until a record is 79,200 seconds old (`MaximumRecordAgeSeconds`).
 */

/** How often, and how soon, an effect is tried again. */
export interface RetryPolicy {
  /**
   * How often an effect is tried while it meets transient faults. Few: what outlasts them is an outage, and Lambda waits
   * longer than a batch can.
   *
   * @default 4
   * @minimum 1
   */
  readonly attempts: number;
  /**
   * How often an effect is decided while others write in between. Each conflict means that somebody else got through, so
   * rivals for one row get through one by one: more attempts than for faults. The fifteen pauses between sixteen take
   * eleven seconds on average (21 at most), so a writer that never gets through still reports it in time. No environment
   * variable sets it: how often rivals meet follows from how the worker writes, not from where it runs.
   *
   * @default 16
   * @minimum 1
   */
  readonly conflicts: number;
  /**
   * Milliseconds: bound of the first pause; it doubles with every further one, up to `capMs`.
   *
   * @default 50
   * @minimum 0
   */
  readonly baseMs: number;
  /**
   * Milliseconds: bound of every pause.
   *
   * @default 2000
   * @minimum 0
   */
  readonly capMs: number;
}

export const DEFAULT_RETRIES: RetryPolicy = { attempts: 4, conflicts: 16, baseMs: 50, capMs: 2_000 };

/**
 * Tries the effects that are left, and gives a result for each, in their order; an undefined one counts as a transient
 * fault. It begins nothing once the signal is aborted, and may reject then.
 */
export type Attempt<T> = (
  pending: readonly T[],
  signal: AbortSignal,
) => Promise<readonly (Result | undefined)[]>;

interface Effect<T> {
  readonly item: T;
  readonly index: number;
  attempts: number;
  conflicts: number;
}

/** Tries effects, and tries those again for which that makes sense. */
export class Retrier {
  readonly #sleeper: Sleeper;
  readonly #random: Random;
  readonly #metrics: Metrics;
  readonly #policy: RetryPolicy;

  constructor(sleeper: Sleeper, random: Random, metrics: Metrics, policy: RetryPolicy) {
    this.#sleeper = sleeper;
    this.#random = random;
    this.#metrics = metrics;
    this.#policy = policy;
  }

  /**
   * Tries all items together, then again those that met a conflict or a transient fault, until each is done, has
   * failed otherwise, has been tried as often as the policy allows, or the time is up.
   *
   * Pauses have full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), and none
   * begins that would not end in time. Permanent and configuration faults are not tried again. Once the time is
   * up it returns at once; an attempt that is under way is left, and may or may not take effect.
   *
   * @param attempt what it throws counts for all items.
   * @returns a fault for each item that is not done; undefined for the others, in the order of the items.
   */
  async run<T>(
    items: readonly T[],
    attempt: Attempt<T>,
    limit: TimeLimit,
  ): Promise<readonly (Fault | undefined)[]> {
    const faults = new Array<Fault | undefined>(items.length);
    let pending: Effect<T>[] = items.map((item, index) => ({ item, index, attempts: 0, conflicts: 0 }));
    for (let round = 1; pending.length > 0; round++) {
      const results = await attemptInTime(
        attempt,
        pending.map(({ item }) => item),
        limit,
      );
      const again: Effect<T>[] = [];
      for (const [position, effect] of pending.entries()) {
        const result =
          results[position] ?? new Fault('transient', 'the adapter gave no result for this effect');
        if (result === 'done') continue;
        const fault = Fault.is(result) ? result : overtaken(effect.conflicts + 1);
        faults[effect.index] = fault;
        if (this.#mayRetry(effect, fault)) again.push(effect);
      }
      pending = again;
      if (pending.length === 0 || !(await this.#pause(round, limit))) break;
      for (const { index } of pending) {
        this.#metrics.add(faults[index]?.kind === 'conflict' ? 'Conflicts' : 'Retries', 1);
        faults[index] = undefined;
      }
    }
    return faults;
  }

  #mayRetry<T>(effect: Effect<T>, { kind }: Fault): boolean {
    if (kind === 'conflict') return ++effect.conflicts < this.#policy.conflicts;
    return kind === 'transient' && ++effect.attempts < this.#policy.attempts;
  }

  /** False when there is no time for it, or none is left after it. */
  async #pause(round: number, { signal, remaining }: TimeLimit): Promise<boolean> {
    const { baseMs, capMs } = this.#policy;
    const milliseconds = this.#random.next() * Math.min(capMs, baseMs * 2 ** (round - 1));
    if (signal.aborted || milliseconds >= remaining()) return false;
    await this.#sleeper.sleep(milliseconds, signal);
    return !signal.aborted;
  }
}

/** The attempt's results; a fault for each item when it throws, or is not through when the time is up. */
async function attemptInTime<T>(
  attempt: Attempt<T>,
  pending: readonly T[],
  { signal }: TimeLimit,
): ReturnType<Attempt<T>> {
  if (signal.aborted) return pending.map(() => new OutOfTime('it was not attempted'));
  const forAll = (fault: Fault) => pending.map(() => fault);
  let leave = () => {};
  const timeUp = new Promise<readonly Fault[]>((resolve) => {
    leave = () => {
      resolve(forAll(new OutOfTime('it may or may not have taken effect')));
    };
    signal.addEventListener('abort', leave);
  });
  const results = attempt(pending, signal).catch((error: unknown) => forAll(Fault.from(error)));
  try {
    return await Promise.race([results, timeUp]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function overtaken(attempts: number): Fault {
  return new Fault('conflict', `another writer got in between at each of ${attempts} attempts`, {
    reason: 'another writer got in between at every attempt',
  });
}

/** For effects that the time limit cut off: the event source delivers their records again. */
export class OutOfTime extends Fault {
  constructor(effectState: string) {
    super('transient', `out of time for this batch, or the process is stopping: ${effectState}`);
  }
}
