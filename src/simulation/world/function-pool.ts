import { setMaxListeners } from 'node:events';
import type { TimeLimit } from '../../application/time-limit.ts';
import type { Random } from '../../random/random.ts';
import type { StreamWorker } from '../../entrypoints/composition/container.ts';
import type { BatchResponse } from '../../entrypoints/lambda/handle-event.ts';
import type { Batches } from './batches.ts';
import type { Counts } from './counts.ts';
import type { Entry } from './entry.ts';
import { Instance, type Invocation, Life } from './instance.ts';
import type { Scheduler } from './scheduler.ts';
import { MINUTE, type Settings } from './settings.ts';
import type { Variant } from '../runs/variant.ts';
import type { HandlerEnd, StepInvariants } from '../checks/step-invariants.ts';

/** What the caller of a function gets to know. */
export type Answer =
  | { readonly kind: 'response'; readonly response: BatchResponse; readonly invocation: Invocation }
  | { readonly kind: 'error'; readonly why: string };

interface PoolParts {
  readonly batches: Batches;
  readonly settings: Settings;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly invariants: StepInvariants;
  readonly counts: Counts;
  readonly variant: Variant;
  readonly workerOf: (instance: Instance) => StreamWorker;
  readonly trace: (text: () => string) => void;
}

type LambdaEnd = Exclude<HandlerEnd, { readonly results: unknown }>;

interface Warm {
  readonly instance: Instance;
  readonly worker: StreamWorker;
}

/** The function as Lambda runs it: a process for each batch under way, kept for later ones, dead or late at times. */
export class FunctionPool {
  readonly #parts: PoolParts;
  readonly #idle: Warm[] = [];
  readonly #all: Instance[] = [];
  readonly #aborts = new Map<Instance, () => void>();
  readonly #answers = new Map<Instance, (answer: Answer) => void>();
  readonly #retired = new WeakSet<Instance>();

  constructor(parts: PoolParts) {
    this.#parts = parts;
  }

  get instances(): readonly Instance[] {
    return this.#all;
  }

  /** Hands over a batch. Exactly one answer comes, within the function's time-out. */
  invoke(entries: readonly Entry[], repaired: boolean, answer: (answer: Answer) => void): void {
    const { batches, scheduler, settings, trace, counts } = this.#parts;
    const warm = this.#take();
    const { instance } = warm;
    const controller = new AbortController();
    setMaxListeners(0, controller.signal); // as the handler does
    const stops = scheduler.now + settings.timeoutMs - settings.marginMs;
    const { signal } = controller;
    const invocation = batches.begin({ instance, entries, repaired, stops, signal });
    let answered = false;
    const answerOnce = (given: Answer) => {
      if (answered) return;
      answered = true;
      this.#answers.delete(instance);
      trace(() => `invocation ${invocation.number}: ${inShort(given)}`);
      answer(given);
    };
    this.#answers.set(instance, answerOnce);

    const abort = () => {
      if (!invocation.finished) controller.abort();
    };
    this.#aborts.set(instance, abort);
    scheduler.at(stops, abort, instance);
    batches.watch(invocation);
    scheduler.at(invocation.started + settings.timeoutMs, () => {
      if (answered) return;
      counts.add('invocation timed out');
      if (this.#parts.random.chance(0.5)) instance.life.crash();
      answerOnce({ kind: 'error', why: 'the function took too long' });
    });
    const limit: TimeLimit = { signal: controller.signal, remaining: () => stops - scheduler.now };
    void this.#handle(warm, invocation, limit).then((end) => {
      if (!instance.alive) return;
      batches.ended(invocation, end);
      if (answered) {
        counts.add('invocation ended after its time-out');
        trace(() => `invocation ${invocation.number} ends after its time-out`);
      } else if (!this.#retired.has(instance)) this.#idle.push(warm);
      answerOnce(
        'response' in end
          ? { kind: 'response', response: end.response, invocation }
          : { kind: 'error', why: String(end.error) },
      );
    });
  }

  /** The process is told to end: it stops its batch as if the time were up. */
  stop(instance: Instance): void {
    const { scheduler, invariants } = this.#parts;
    scheduler.in(0, () => this.#aborts.get(instance)?.(), instance);
    const { invocation } = instance;
    scheduler.in(1, () => {
      if (invocation?.finished === false && !invocation.disturbed)
        invariants.report(
          'a worker that is to stop stops',
          `invocation ${invocation.number} of ${instance.name}`,
        );
    });
  }

  /** The function gets new code: what is under way is carried through, and soon nothing else is given to those processes. */
  deploy(lasts: number): void {
    const old = [...this.#all];
    const retire = () => {
      for (const instance of old) this.#retired.add(instance);
      const rest = this.#idle.filter((warm) => !this.#retired.has(warm.instance));
      this.#idle.splice(0, this.#idle.length, ...rest);
    };
    if (lasts === 0) retire();
    else this.#parts.scheduler.in(lasts, retire);
  }

  crash(instance: Instance): void {
    const { scheduler, random, trace } = this.#parts;
    trace(() => `${instance.name} crashes`);
    instance.life.crash();
    const index = this.#idle.findIndex((warm) => warm.instance === instance);
    if (index >= 0) this.#idle.splice(index, 1);
    const answer = this.#answers.get(instance);
    if (answer !== undefined)
      scheduler.in(random.int(1, 500), () => {
        answer({ kind: 'error', why: 'the process has ended' });
      });
  }

  #take(): Warm {
    const { random, settings, workerOf } = this.#parts;
    const any = random.int(0, this.#idle.length);
    const index = settings.warm ? Math.max(0, this.#idle.length - 1) : any;
    const [warm] = this.#idle.splice(index, 1);
    if (warm !== undefined) return warm;
    const skew = random.pick([0, random.int(-2 * MINUTE, 2 * MINUTE)]);
    const instance = new Instance(`instance ${this.#all.length + 1}`, new Life(skew));
    this.#all.push(instance);
    return { instance, worker: workerOf(instance) };
  }

  async #handle({ worker }: Warm, invocation: Invocation, limit: TimeLimit): Promise<LambdaEnd> {
    const { batches, variant, settings } = this.#parts;
    const { entries, repaired } = invocation;
    const Records = entries.map(({ clean, record }) => (repaired ? clean : record));
    try {
      const response = await variant.handle(
        { Records },
        batches.noted(worker, invocation),
        settings.failureMode,
        limit,
      );
      const { deliveries = [], outcomes = [] } = invocation;
      return { response: variant.respond(response, deliveries, outcomes) };
    } catch (error) {
      return { error };
    }
  }
}

function inShort(answer: Answer): string {
  if (answer.kind === 'error') return `error: ${answer.why}`;
  const { outcomes } = answer.invocation;
  return `${JSON.stringify(answer.response)} ${(outcomes ?? []).map(({ status }) => status).join(' ')}`;
}
