import type { Latency } from './latency.ts';
import { type ModelTime, REAL_TIME } from './model-time.ts';
import { Refusal } from './table-model.ts';

/** The part of an SDK's HTTP request that is used. */
interface Request {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Response {
  readonly response: {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
  };
}

interface Executes {
  execute(operation: string, input: unknown): Readonly<Record<string, unknown>>;
  /** Called when a request is under way. @returns what ends it; a refusal where another one is in its way. */
  begin?(operation: string, input: unknown): (() => void) | Refusal;
}

/** What the SDK's own handler allows. */
const SOCKETS = 50;

/**
 * Stands where an SDK client's HTTP handler stands: requests come serialised and signed, wait for one of 50 sockets
 * and for the latency, and are answered in JSON. So a request costs the processor what it costs on AWS, but for the
 * network and TLS.
 */
export class ModelledService {
  requests = new Map<string, number>();
  /** Milliseconds of processor time that the model itself has taken: what AWS would do elsewhere. */
  ownMs = 0;
  /** Milliseconds that requests have waited for their answers, sockets not counted. */
  waitedMs = 0;
  /** Called for every request. */
  onRequest: (() => void) | undefined;
  #model: Executes;
  #latency: Latency;
  #time: ModelTime = REAL_TIME;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(model: Executes, latency: Latency) {
    this.#model = model;
    this.#latency = latency;
  }

  /** Puts another model behind the same client, and counts from zero. */
  reset(model: Executes, latency: Latency, time = REAL_TIME): void {
    this.#model = model;
    this.#latency = latency;
    this.#time = time;
    this.requests = new Map();
    this.ownMs = 0;
    this.waitedMs = 0;
  }

  get requestCount(): number {
    return [...this.requests.values()].reduce((sum, count) => sum + count, 0);
  }

  async handle(request: Request): Promise<Response> {
    this.onRequest?.();
    const operation = (request.headers['x-amz-target'] ?? '').replace(/^.*\./, '');
    this.requests.set(operation, (this.requests.get(operation) ?? 0) + 1);
    if (this.#busy < SOCKETS) this.#busy++;
    else
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    const reading = processorMs();
    const input: unknown = JSON.parse(textOf(request.body));
    const model = this.#model;
    const begun = model.begin?.(operation, input);
    const milliseconds = this.#latency.next(operation, itemsIn(input));
    this.ownMs += processorMs() - reading;
    const started = performance.now();
    await this.#time.pause(milliseconds);
    this.waitedMs += performance.now() - started;
    const answering = processorMs();
    if (typeof begun === 'function') begun();
    const response = answerOf(() => {
      if (begun instanceof Refusal) throw begun;
      return model.execute(operation, input);
    });
    this.ownMs += processorMs() - answering;
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy--;
    else next();
    return { response };
  }

  /** Nothing to do; the SDK asks for it. */
  destroy(): void {
    this.#waiting.length = 0;
  }
}

function answerOf(work: () => unknown): Response['response'] {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  try {
    return { statusCode: 200, headers, body: Buffer.from(JSON.stringify(work())) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { statusCode: 400, headers, body: Buffer.from(JSON.stringify(error.body)) };
  }
}

/** How many items or messages a request names; 1 where it is of one only. */
export function itemsIn(input: unknown): number {
  const { TransactItems, RequestItems, Entries } = input as Many;
  if (RequestItems === undefined) return TransactItems?.length ?? Entries?.length ?? 1;
  return Object.values(RequestItems).reduce(
    (sum, some) => sum + ('Keys' in some ? some.Keys : some).length,
    0,
  );
}

interface Many {
  readonly TransactItems?: readonly unknown[];
  readonly Entries?: readonly unknown[];
  readonly RequestItems?: Readonly<
    Record<string, readonly unknown[] | { readonly Keys: readonly unknown[] }>
  >;
}

function textOf(body: unknown): string {
  return body instanceof Uint8Array
    ? Buffer.from(body.buffer, body.byteOffset, body.length).toString()
    : String(body);
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
