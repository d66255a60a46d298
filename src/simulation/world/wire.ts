import { Fault } from '../../domain/fault.ts';
import type { Random } from '../../random/random.ts';
import type { CallFault } from '../faults/call-faults.ts';
import type { Instance } from './instance.ts';
import { refusalsOf } from '../faults/refusals.ts';
import type { Scheduler } from './scheduler.ts';
import { MINUTE, SECOND } from './settings.ts';

/** @param Name of the calls. */
export interface WireParts<Name extends string> {
  readonly scheduler: Scheduler;
  /** What goes wrong with the next call of a port. */
  readonly faultOf: (port: Name, now: number) => CallFault | undefined;
  /** How long after it was sent a request takes effect at most, answered or not; any time, unless given. */
  readonly lateMs?: number;
  /** How long whoever calls waits for an answer; for ever, unless given. */
  readonly timeoutMs?: number;
  readonly random: Random;
  /** What services refuse. */
  readonly refusals: Random;
  /** How long one way takes at most, in milliseconds. */
  readonly latencyMs: number;
  /** When nothing goes wrong any more. */
  readonly quietFrom: number;
  readonly crash: (instance: Instance) => void;
  readonly trace: (text: () => string) => void;
}

type Results<Result> = readonly (Result | Fault)[];

/** What lies between a worker and its stores. The request travels, takes effect and is answered: or not. */
export class Wire<Name extends string> {
  readonly #parts: WireParts<Name>;
  readonly #instance: Instance;

  constructor(instance: Instance, parts: WireParts<Name>) {
    this.#instance = instance;
    this.#parts = parts;
  }

  /** The stores as the worker reaches them. */
  readonly call = <Entry, Result>(
    { port, entries }: { readonly port: Name; readonly entries: readonly Entry[] },
    make: (entries: readonly Entry[]) => Promise<Results<Result>>,
    spurious?: Result,
  ): Promise<Results<Result>> => {
    const { scheduler, faultOf, random, latencyMs, trace } = this.#parts;
    const fault = faultOf(port, scheduler.now);
    trace(
      () => `${this.#instance.name} → ${port} (${entries.length})${fault === undefined ? '' : `: ${fault}`}`,
    );
    const toThere = random.int(1, latencyMs);
    const back = random.int(1, latencyMs);
    return new Promise((resolve, reject) => {
      const answer = (then: () => void, after = back) => {
        scheduler.in(after, then, this.#instance);
      };
      /** In the world, not in the process: what has been sent takes effect, whatever becomes of the sender. */
      const happen = (
        then: (results: Results<Result>) => void,
        after = toThere,
        which: readonly Entry[] = entries,
      ) => {
        scheduler.in(after, () => {
          if (this.#instance.life.isCutOff) return;
          // Not awaited: it may take effect in several requests, each an event of its own.
          void make(which).then(then, (error: unknown) => {
            answer(() => {
              reject(Fault.from(error));
            });
          });
        });
      };
      const fail = () => {
        reject(this.#error(port));
      };
      switch (fault) {
        case undefined:
          happen((results) => {
            answer(() => {
              resolve(results);
            });
          });
          return;
        case 'refused':
          answer(fail);
          return;
        case 'refusal': {
          const refused = refusalsOf(port, entries, this.#parts.refusals);
          const [first] = refused;
          if (first !== undefined && !refused.includes(undefined)) {
            answer(() => {
              reject(first);
            });
            return;
          }
          happen(
            (results) => {
              let next = 0;
              const all = refused.map((refusal) => refusal ?? (results[next++] as Result | Fault));
              answer(() => {
                resolve(all);
              });
            },
            undefined,
            entries.filter((_, index) => refused[index] === undefined),
          );
          return;
        }
        case 'lost':
          happen(() => {
            answer(fail);
          });
          return;
        case 'late':
          answer(fail);
          happen(() => undefined, Math.min(this.#aLongTime(), this.#parts.lateMs ?? Infinity));
          return;
        case 'hang':
          if (random.chance(0.5)) happen(() => undefined);
          if (this.#parts.timeoutMs !== undefined) answer(fail, this.#parts.timeoutMs);
          return;
        case 'partial':
          this.#partly(port, entries, happen, answer, resolve, spurious);
          return;
        case 'slow':
          happen(
            (results) => {
              answer(() => {
                resolve(results);
              });
            },
            random.int(1, 8) * SECOND,
          );
          return;
        case 'crash before':
        case 'crash before, others lost':
          this.#crash(fault);
          return;
        case 'crash after':
        case 'crash after, others lost':
          happen(() => {
            this.#crash(fault);
          });
          return;
        case 'freeze before':
        case 'freeze after':
          this.#freeze(fault, () => {
            happen((results) => {
              answer(() => {
                resolve(results);
              });
            });
          });
      }
    });
  };

  #crash(fault: CallFault): void {
    this.#instance.life.isCutOff = fault.endsWith('others lost');
    this.#parts.crash(this.#instance);
  }

  #freeze(fault: CallFault & `freeze ${string}`, send: () => void): void {
    if (fault === 'freeze after') send();
    else this.#parts.scheduler.in(0, send, this.#instance);
    this.#instance.life.freeze(this.#parts.scheduler.now + this.#aLongTime());
  }

  /** Sometimes so long that all else is over: what comes last is repaired by nothing that comes after it. */
  #aLongTime(): number {
    const { random, scheduler, quietFrom } = this.#parts;
    const span = random.pick([SECOND, MINUTE, 10 * MINUTE, Infinity, Infinity, Infinity]);
    if (span < Infinity) return span * random.fraction();
    return Math.max(0, quietFrom - scheduler.now) + 10 * MINUTE * random.fraction();
  }

  #partly<Entry, Result>(
    port: string,
    entries: readonly Entry[],
    happen: (then: (results: Results<Result>) => void, after?: number, which?: readonly Entry[]) => void,
    answer: (then: () => void) => void,
    resolve: (results: Results<Result>) => void,
    spurious: Result | undefined,
  ): void {
    const { random } = this.#parts;
    const fates = entries.map(() =>
      random.pick(['done', 'not done', 'done, and an error', 'spurious'] as const),
    );
    const done = (index: number) => fates[index] === 'done' || fates[index] === 'done, and an error';
    happen(
      (results) => {
        let next = 0;
        const all = fates.map((fate, index): Result | Fault => {
          const result = done(index) ? results[next++] : undefined;
          if (fate === 'done') return result as Result | Fault;
          if (fate === 'spurious' && spurious !== undefined) return spurious;
          return new Fault('transient', `simulated: ${port} failed for one of several`);
        });
        answer(() => {
          resolve(all);
        });
      },
      undefined,
      entries.filter((_, index) => done(index)),
    );
  }

  #error(port: string): Error {
    return this.#parts.random.chance(0.5)
      ? new Fault('transient', `simulated: ${port} is throttled`)
      : new Error(`simulated: socket hang up in ${port}`);
  }
}
