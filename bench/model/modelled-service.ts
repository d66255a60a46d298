import type { Latency } from './latency.ts';
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
  /** Milliseconds that the model itself has taken: what AWS would do elsewhere. */
  ownMs = 0;
  /** Milliseconds that requests have waited for their answers, sockets not counted. */
  waitedMs = 0;
  /** Called for every request. */
  onRequest: (() => void) | undefined;
  #model: Executes;
  #latency: Latency;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(model: Executes, latency: Latency) {
    this.#model = model;
    this.#latency = latency;
  }

  /** Puts another model behind the same client, and counts from zero. */
  reset(model: Executes, latency: Latency): void {
    this.#model = model;
    this.#latency = latency;
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
    const started = performance.now();
    await pause(this.#latency.next(operation));
    this.waitedMs += performance.now() - started;
    const answered = performance.now();
    const response = this.#answer(operation, textOf(request.body));
    this.ownMs += performance.now() - answered;
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy--;
    else next();
    return { response };
  }

  /** Nothing to do; the SDK asks for it. */
  destroy(): void {
    this.#waiting.length = 0;
  }

  #answer(operation: string, body: string): Response['response'] {
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    try {
      const answer = this.#model.execute(operation, JSON.parse(body));
      return { statusCode: 200, headers, body: Buffer.from(JSON.stringify(answer)) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { statusCode: 400, headers, body: Buffer.from(JSON.stringify(error.body)) };
    }
  }
}

function textOf(body: unknown): string {
  return body instanceof Uint8Array
    ? Buffer.from(body.buffer, body.byteOffset, body.length).toString()
    : String(body);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    if (milliseconds === 0) setImmediate(resolve);
    else setTimeout(resolve, milliseconds);
  });
}
