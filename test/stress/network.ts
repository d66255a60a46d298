import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../src/feed/random.ts';
import { lost, refusal } from '../integration/fault-injector.ts';
import { type Interceptor, taskOf, type WireAnswer, type WireRequest } from '../integration/fault-wire.ts';
import { chanceOf } from '../simulation/chance.ts';
import { Counts } from '../simulation/counts.ts';
import type { Plan } from './plan.ts';

type Send = () => Promise<WireAnswer>;

/** What goes wrong with a request. `late`: the worker is told that it failed, and it takes effect long after. */
const FATES = ['refused', 'failed', 'lost', 'late'] as const;

const QUICK_MS = 5;
const SLOW_MS = 500;
const LATE_MS = 600;

/**
 * What lies between the workers' clients and the servers: latency before and after every request, and faults. The
 * seed decides what becomes of the how-manieth request of each kind of each worker; which of them that is, and what
 * happens beside it, is up to the machine.
 */
export class Network {
  readonly counts = new Counts();
  readonly #plan: Plan;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Resolves when no request is under way any more, those included that nobody waits for. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  interceptorOf(worker: string): Interceptor {
    const requests = new Map<string, number>();
    return (request, send) => {
      const task = taskOf(request);
      const number = (requests.get(task) ?? 0) + 1;
      requests.set(task, number);
      const random = chanceOf(this.#plan.seed, 'network', worker, task, number);
      return this.#track(this.#pass(request, random, send));
    };
  }

  async #pass(request: WireRequest, random: Random, send: Send): Promise<WireAnswer> {
    const [there, back] = [this.#latency(request, random), this.#latency(request, random)];
    const fate = this.#fateOf(random);
    await sleep(there);
    if (fate !== undefined) this.counts.add(`${taskOf(request)}: ${fate}`);
    switch (fate) {
      case undefined: {
        const answer = await send();
        await sleep(back);
        return answer;
      }
      case 'refused':
        return refusal(400, random.pick(['ThrottlingException', 'ProvisionedThroughputExceededException']));
      case 'failed':
        return refusal(500, 'InternalServerError');
      case 'lost':
        await send();
        return lost('TimeoutError', 'ETIMEDOUT');
      case 'late':
        // Nobody waits for the answer, whatever it is.
        this.#track(sleep(random.int(1, LATE_MS)).then(send)).catch(() => undefined);
        return lost('Error', 'ECONNRESET');
    }
  }

  #latency(request: WireRequest, random: Random): number {
    const slow = taskOf(request) === this.#plan.slowTask ? 0.3 : 0.02;
    return random.chance(slow) ? random.int(QUICK_MS, SLOW_MS) : random.int(0, QUICK_MS);
  }

  #fateOf(random: Random): (typeof FATES)[number] | undefined {
    return random.chance(this.#plan.faults) ? random.pick(FATES) : undefined;
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
    return tracked;
  }
}
