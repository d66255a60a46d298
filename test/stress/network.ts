import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../src/random/random.ts';
import { lost, refusal } from '../integration/fault-injector.ts';
import { type Interceptor, taskOf, type WireAnswer, type WireRequest } from '../integration/fault-wire.ts';
import { chanceOf } from '../../src/simulation/world/chance.ts';
import { Counts } from '../../src/simulation/world/counts.ts';
import type { Plan } from './plan.ts';
import { type Refused, Refusals } from './refusals.ts';

type Send = (body?: string) => Promise<WireAnswer>;

/** What goes wrong with a request. `late`: the worker is told that it failed, and it takes effect long after. */
const FATES = ['refused', 'failed', 'lost', 'late'] as const;

const QUICK_MS = 5;
const SLOW_MS = 500;
const LATE_MS = 600;

/**
 * What lies between the workers' clients and the servers: latency before and after every request, faults, and refusals
 * that last a while. The seed decides what becomes of the how-manieth request of each kind of each worker; which of them that is, and what
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
    const refusals = new Refusals(this.#plan.seed, worker, this.#plan.refusals);
    return (request, send) => {
      const task = isForQuarantine(request) ? TO_QUARANTINE : taskOf(request);
      const number = (requests.get(task) ?? 0) + 1;
      requests.set(task, number);
      const random = chanceOf(this.#plan.seed, 'network', worker, task, number);
      const refused = this.#tooLong(request) ?? refusals.of(task, number, request);
      return this.#track(
        this.#pass(request, random, refused === undefined ? send : this.#refuse(task, refused, send)),
      );
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
        this.#track(sleep(random.int(1, LATE_MS)).then(() => send())).catch(() => undefined);
        return lost('Error', 'ECONNRESET');
    }
  }

  /** Counts a refusal when it happens; a request that is lost on its way meets none. */
  #refuse(task: string, refused: Refused, send: Send): Send {
    return async () => {
      this.counts.add(`${task}: ${refused.what}`);
      return 'answer' in refused ? refused.answer : refused.merge(await send(refused.passOn));
    };
  }

  /** SQS bounds a whole batch by what its queue takes of one message; the local server does not. */
  #tooLong({ operation, body }: WireRequest): Refused | undefined {
    const { maxMessageBytes } = this.#plan;
    if (operation !== 'SendMessageBatch' || maxMessageBytes === undefined) return undefined;
    if (body.length <= maxMessageBytes) return undefined;
    const { Entries } = JSON.parse(body) as { readonly Entries: readonly { readonly MessageBody: string }[] };
    const bytes = Entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0);
    if (Entries.length < 2 || bytes <= maxMessageBytes) return undefined;
    const code = 'AWS.SimpleQueueService.BatchRequestTooLong';
    return { what: code, answer: refusal(400, code) };
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

/** The task of what a worker sends to its quarantine, which goes by the same operation as what it sends to the index. */
const TO_QUARANTINE = 'SendMessageBatch to the quarantine';

function isForQuarantine({ operation, body }: WireRequest): boolean {
  return operation === 'SendMessageBatch' && /"QueueUrl":"[^"]*quarantine/.test(body);
}
