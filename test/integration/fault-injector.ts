import { Random } from '../../src/random/random.ts';
import { DEFAULT_ROW_WRITES, type Interceptor, LINK_MOVES, taskOf, type WireAnswer } from './fault-wire.ts';

export interface FaultShares {
  /** Which share of all requests does not get to the server. */
  readonly before: number;
  /** Which share of the requests that change something takes effect, and the answer is lost. */
  readonly after: number;
}

type Failure = () => WireAnswer;

const BEFORE: Readonly<Record<string, Failure>> = {
  throttled: () => refusal(400, 'ThrottlingException'),
  'over its throughput': () => refusal(400, 'ProvisionedThroughputExceededException'),
  'internal error': () => refusal(500, 'InternalServerError'),
  'gateway error': () => ({ status: 502, body: '<html><body>502 Bad Gateway</body></html>' }),
  'timed out': () => lost('TimeoutError', 'ETIMEDOUT'),
  'connection reset': () => lost('Error', 'ECONNRESET'),
};

/** A service that throttles says so before it does anything. */
const AFTER: Readonly<Record<string, Failure>> = Object.fromEntries(
  Object.entries(BEFORE).filter(([name]) => !name.startsWith('throttled') && !name.startsWith('over')),
);

const WRITES: readonly string[] = [LINK_MOVES, DEFAULT_ROW_WRITES, 'SendMessageBatch'];

/** Spoils requests by chance: the same seed spoils the same ones among the requests of each task. */
export class FaultInjector {
  readonly #seed: number;
  readonly #randoms = new Map<string, Random>();
  readonly #shares: FaultShares;
  readonly #injected = new Map<string, number>();

  constructor(seed: number, shares: FaultShares) {
    this.#seed = seed;
    this.#shares = shares;
  }

  /** What was done to requests of which task how often: `SendMessageBatch: timed out, applied`. */
  get injected(): ReadonlyMap<string, number> {
    return this.#injected;
  }

  /** How many requests of a task took effect without the worker being told. */
  appliedUnseen(task: string): number {
    return [...this.#injected]
      .filter(([what]) => what.startsWith(`${task}:`) && what.endsWith(', applied'))
      .reduce((sum, [, times]) => sum + times, 0);
  }

  readonly interceptor: Interceptor = async (request, send) => {
    const task = taskOf(request);
    // All draws at once, so that what servers answer does not move the schedule.
    const random = this.#randomOf(task);
    const before = random.chance(this.#shares.before);
    const after = random.chance(this.#shares.after);
    const draw = random.fraction();
    if (before) return this.#fail(task, 'not applied', BEFORE, draw);
    const answer = await send();
    if (!after || answer.status !== 200 || !WRITES.includes(task)) return answer;
    return this.#fail(task, 'applied', AFTER, draw);
  };

  /** One a task: requests of different tasks overtake each other. */
  #randomOf(task: string): Random {
    const known = this.#randoms.get(task);
    if (known !== undefined) return known;
    const random = Random.of(this.#seed * 31 + WRITES.indexOf(task));
    this.#randoms.set(task, random);
    return random;
  }

  #fail(task: string, effect: string, failures: Readonly<Record<string, Failure>>, draw: number): WireAnswer {
    const names = Object.keys(failures);
    const name = names[Math.floor(draw * names.length)] ?? '';
    const what = `${task}: ${name}, ${effect}`;
    this.#injected.set(what, (this.#injected.get(what) ?? 0) + 1);
    return failures[name]!();
  }
}

/** A service's refusal, as both services word it. */
export function refusal(status: number, code: string, more: object = {}): WireAnswer {
  return {
    status,
    body: JSON.stringify({ __type: `com.amazonaws#${code}`, message: `injected: ${code}`, ...more }),
  };
}

/** A cancelled transaction: a code for some of its items, by their position; negative ones count from the end. */
export function cancellation(body: string, codes: Readonly<Record<number, string>>): WireAnswer {
  const { TransactItems } = JSON.parse(body) as { TransactItems: unknown[] };
  const CancellationReasons = TransactItems.map((_, index) => ({
    Code: codes[index] ?? codes[index - TransactItems.length] ?? 'None',
  }));
  return refusal(400, 'TransactionCanceledException', { CancellationReasons });
}

/** As the SDK's own handler fails when there is no answer. */
export function lost(name: string, code: string): never {
  throw Object.assign(new Error(`injected: ${code}`), { name, code });
}
