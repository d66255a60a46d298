import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the runtime reported of an invocation, or of its start. */
export interface Report {
  readonly kind: 'response' | 'error';
  readonly body: unknown;
}

export interface InvokeOptions {
  /** How long the function may take, in milliseconds. Default: the longest that Lambda allows. */
  readonly timeoutMs?: number;
}

interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly timeoutMs: number;
  readonly report: (report: Report) => void;
}

const LAMBDAS_LONGEST = 900_000;
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:contrail';
export const TRACE_ID = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0';

/**
 * Lambda's Runtime API, for one runtime: hands out invocations, one after the other, and takes what is reported.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  readonly #server: Server;
  readonly #queue: Invocation[] = [];
  readonly #underWay = new Map<string, Invocation>();
  #asked: ServerResponse | undefined;
  #invocations = 0;
  #reportInit: (report: Report) => void = () => undefined;
  /** Resolves when the runtime asks for work for the first time, or reports why it cannot start. */
  readonly init: Promise<'ready' | Report>;
  #ready: () => void = () => undefined;

  private constructor(server: Server) {
    this.#server = server;
    this.init = new Promise((resolve) => {
      this.#ready = () => resolve('ready');
      this.#reportInit = resolve;
    });
  }

  static async start(): Promise<RuntimeApi> {
    const server = createServer();
    const api = new RuntimeApi(server);
    server.on('request', (request, response) => void api.#answer(request, response));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return api;
  }

  /** For `AWS_LAMBDA_RUNTIME_API`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Invokes the function, and resolves with what is reported. */
  invoke(event: unknown, { timeoutMs = LAMBDAS_LONGEST }: InvokeOptions = {}): Promise<Report> {
    return new Promise((report) => {
      this.#queue.push({ id: `invocation-${++this.#invocations}`, event, timeoutMs, report });
      this.#handOut();
    });
  }

  /** Reports everything under way as failed: nobody is left who could. */
  abandon(reason: string): void {
    for (const { report } of this.#underWay.values()) report({ kind: 'error', body: reason });
    this.#underWay.clear();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray()).toString();
    const [, path = ''] = /^\/2018-06-01\/runtime\/(.*)$/.exec(request.url ?? '') ?? [];
    if (request.method === 'GET' && path === 'invocation/next') {
      this.#asked = response;
      this.#ready();
      this.#handOut();
      return;
    }
    const [, id = '', kind] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    const report = {
      kind: kind === 'response' ? 'response' : 'error',
      body: JSON.parse(body) as unknown,
    } as const;
    const invocation = this.#underWay.get(id);
    if (path === 'init/error') this.#reportInit(report);
    else if (invocation === undefined) return void response.writeHead(404).end();
    this.#underWay.delete(id);
    response.writeHead(202, { 'Content-Type': 'application/json' }).end('{"status":"OK"}\n');
    invocation?.report(report);
  }

  #handOut(): void {
    const invocation = this.#asked === undefined ? undefined : this.#queue.shift();
    if (invocation === undefined) return;
    this.#underWay.set(invocation.id, invocation);
    this.#asked
      ?.writeHead(200, {
        'Content-Type': 'application/json',
        'Lambda-Runtime-Aws-Request-Id': invocation.id,
        'Lambda-Runtime-Deadline-Ms': String(Date.now() + invocation.timeoutMs),
        'Lambda-Runtime-Invoked-Function-Arn': FUNCTION_ARN,
        'Lambda-Runtime-Trace-Id': TRACE_ID,
      })
      .end(JSON.stringify(invocation.event));
    this.#asked = undefined;
  }
}
