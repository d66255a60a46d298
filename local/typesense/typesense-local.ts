import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Misbehaviour } from './misbehaviour.ts';
import { type Answer, type ImportSettings, problem, type Request, Routes } from './routes.ts';

export interface TypesenseLocalOptions {
  /** What requests must have in their header `x-typesense-api-key`. */
  readonly apiKey?: string;
  /** As servers from 30.2 on do; before, a line of an import that tells of an error may be no JSON. */
  readonly escapesErrors?: boolean;
}

/** A request that came, for tests. */
export interface Seen extends Request {
  readonly headers: IncomingMessage['headers'];
}

/**
 * Stands for a Typesense server where there is none, over HTTP on a free port, within this process: the part of it that
 * Contrail uses, with what is known of its ways (typesense/typesense at 4a092b0; each is named where it is written down). It
 * searches nothing.
 */
export class TypesenseLocal {
  /** Such as `http://127.0.0.1:51234`. */
  readonly url: string;
  readonly apiKey: string;
  readonly routes = new Routes();
  /** All requests so far. */
  readonly requests: Seen[] = [];
  /** Asked for each request what goes wrong with it. */
  misbehaves: (request: Seen) => Misbehaviour | undefined = () => undefined;
  readonly #server: Server;
  readonly #settings: ImportSettings;
  #late: (() => void)[] = [];
  #held: (() => void)[] = [];

  private constructor(server: Server, { apiKey = 'local', escapesErrors = true }: TypesenseLocalOptions) {
    this.#server = server;
    this.#settings = { escapesErrors };
    this.apiKey = apiKey;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(options: TypesenseLocalOptions = {}): Promise<TypesenseLocal> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const local = new TypesenseLocal(server, options);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      local.#handle(request, response).catch(() => {
        // As the server does with what it did not expect (src/batched_indexer.cpp:296).
        send(response, problem(400, 'Bad request.'));
      });
    });
    return local;
  }

  /** Carries out what is late. */
  settle(): void {
    for (const write of this.#late.splice(0)) write();
  }

  /** Carries out what was held. */
  release(): void {
    for (const write of this.#held.splice(0)) write();
  }

  /** Ends like a process that is killed: whoever waits for an answer loses the connection, and nobody can connect. */
  async kill(): Promise<void> {
    await this.stop();
  }

  /** Starts again where it was, with what it had. */
  async restart(): Promise<void> {
    this.#server.listen(Number(new URL(this.url).port), '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Stops the server, and closes what still waits for an answer. */
  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = 'GET', url = '/', headers } = request;
    const [path = '/', ...query] = url.split('?');
    const seen = { method, path, query: query.join('?'), body: Buffer.concat(chunks), headers };
    this.requests.push(seen);
    const wrong = this.misbehaves(seen);
    if (wrong?.kind === 'status') {
      send(response, { status: wrong.status, body: wrong.body ?? '' }, wrong.headers);
      return;
    }
    if (wrong?.kind === 'drops') response.destroy();
    if (wrong?.kind === 'drops' || wrong?.kind === 'hangs') return;
    if (headers['x-typesense-api-key'] !== this.apiKey && path !== '/health') {
      send(response, problem(401, 'Forbidden - a valid `x-typesense-api-key` header must be sent.'));
      return;
    }
    const stopsAfter = wrong?.kind === 'stops' ? wrong.after : undefined;
    const answer = () => this.routes.answer(seen, { ...this.#settings, stopsAfter });
    if (wrong?.kind === 'is late') this.#late.push(answer);
    else if (wrong?.kind === 'is held') this.#held.push(answer);
    else {
      // Reads come before what is only queued.
      if (method !== 'GET') this.settle();
      await misanswer(response, answer(), wrong);
    }
  }
}

async function misanswer(
  response: ServerResponse,
  answer: Answer,
  wrong: Misbehaviour | undefined,
): Promise<void> {
  if (wrong?.kind === 'forgets to answer') response.destroy();
  else if (wrong?.kind === 'answers half') {
    const body = Buffer.from(answer.body);
    response.writeHead(answer.status, { 'content-length': Math.max(1, body.length) });
    response.write(body.subarray(0, body.length / 2), () => response.destroy());
  } else {
    if (wrong?.kind === 'is slow') await new Promise((resolve) => setTimeout(resolve, wrong.milliseconds));
    send(response, wrong?.kind === 'answers' ? { ...answer, body: wrong.with(answer.body) } : answer);
  }
}

function send(
  response: ServerResponse,
  { status, body }: Answer,
  headers: Readonly<Record<string, string>> = {},
) {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body);
}
