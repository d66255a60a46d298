import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { Decimal, SearchIndex } from 'contrail';
import { createPostgresWorker } from 'contrail/adapters';
import definition from './contrail.config.js';

export interface ServiceOptions {
  /** Of the database, as in docs/postgresql.md. */
  readonly url: string;
  /** What whoever sends changes must have in the header `authorization`, after `Bearer `. */
  readonly token: string;
}

/** What EventBridge Pipes sends at most, twice over. */
const MOST_BYTES = 12 * 1024 * 1024;

/** Takes changes of the table by POST, and answers what is derived from them by GET. */
export function createService({ url, token }: ServiceOptions) {
  const { handler, state, drain, container, close } = createPostgresWorker({
    ...{ url, definition, failureMode: 'throw', log: { level: 'warn', readable: false } },
  });
  const index = container.get(SearchIndex);

  /** The status, and what to answer. Whoever is answered 503 sends the same again, which does no harm however often. */
  async function answer(request: IncomingMessage): Promise<readonly [status: number, body: unknown]> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (request.method === 'POST' && path === '/changes') {
      if (!isSame(request.headers.authorization ?? '', `Bearer ${token}`)) return [401, 'the token is wrong'];
      const Records = recordsIn(await textOf(request));
      if (Records === undefined) return [400, 'the body is no JSON, or too large'];
      await handler({ Records });
      await drain(AbortSignal.timeout(10_000));
      return [200, { handled: Records.length }];
    }
    if (request.method === 'GET' && path.startsWith('/talks/')) {
      const [talk] = await index.read('talks', [path.slice('/talks/'.length)]);
      if (talk instanceof Error) throw talk;
      return talk === undefined ? [404, 'there is no such talk'] : [200, talk];
    }
    if (request.method === 'GET' && path === '/tracks') {
      const tracks: Record<string, number> = {};
      for await (const { tuple, count } of state.counts()) tracks[tuple['track'] ?? ''] = Number(count);
      return [200, tracks];
    }
    return [404, 'there is nothing here'];
  }

  const server = createServer((request, response) => {
    void answer(request)
      .catch((error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        return [503, 'this cannot be done now: try it again'] as const;
      })
      .then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body, plain));
      });
  });
  server.on('close', () => void close());
  return server;
}

/** A batch as an array, as a Lambda event, or one record alone. */
function recordsIn(text: string | undefined): readonly unknown[] | undefined {
  try {
    const body = JSON.parse(text ?? '') as { readonly Records?: unknown } | readonly unknown[] | null;
    if (Array.isArray(body)) return body as readonly unknown[];
    const { Records = [body] } = (body ?? {}) as { readonly Records?: unknown };
    return Array.isArray(Records) ? Records : undefined;
  } catch {
    return undefined;
  }
}

async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes <= MOST_BYTES) chunks.push(chunk);
  }
  return bytes <= MOST_BYTES ? Buffer.concat(chunks).toString('utf8') : undefined;
}

/** Numbers keep all their digits in PostgreSQL; whoever asks here is given those of JavaScript's. */
function plain(_: string, value: unknown): unknown {
  return value instanceof Decimal ? Number(value) : value;
}

/** Takes as long for a token that is nearly right. */
function isSame(...texts: readonly [string, string]): boolean {
  const [one, other] = texts.map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
