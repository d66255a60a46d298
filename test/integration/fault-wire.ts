import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';

/** A request as it leaves the SDK, after retries have been decided on: every attempt is one. */
export interface WireRequest {
  /** Such as `TransactWriteItems`. */
  readonly operation: string;
  readonly body: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly body: string;
}

/** What the worker sends a request for: two kinds of rows are written in transactions. */
export function taskOf({ operation, body }: WireRequest): string {
  if (operation !== 'TransactWriteItems') return operation;
  return body.includes('"SK":{"S":"DEFAULT"}') ? DEFAULT_ROW_WRITES : LINK_MOVES;
}

export const DEFAULT_ROW_WRITES = 'TransactWriteItems of default rows';
export const LINK_MOVES = 'TransactWriteItems of link moves';

/** Stands between SDK and server: may send the request, another one, or none, and answer what it likes. */
export type Interceptor = (
  request: WireRequest,
  send: (body?: string) => Promise<WireAnswer>,
) => Promise<WireAnswer>;

interface HttpRequest {
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: AsyncIterable<Uint8Array> | Uint8Array;
}

type Handle = (args: { request: HttpRequest }) => Promise<{ response: HttpResponse }>;

/** The part of the clients' stacks that is used: their own types differ by client. */
interface Stack {
  add(
    middleware: (next: Handle) => Handle,
    options: { step: 'deserialize'; priority: 'low'; name: string },
  ): void;
}

/** Puts an interceptor next to the wire of a client: what it answers is parsed and retried as a server's answer. */
export function intercept(client: DynamoDBClient | SQSClient, interceptor: Interceptor): void {
  const stack = client.middlewareStack as unknown as Stack;
  const middleware =
    (next: Handle): Handle =>
    async (args) => {
      const { request } = args;
      const original = textOf(request.body);
      const send = async (body = original): Promise<WireAnswer> => {
        const headers = { ...request.headers, 'content-length': String(Buffer.byteLength(body)) };
        // The SDK's requests are instances of a class that its handler asks for.
        const changed = Object.assign(Object.create(Object.getPrototypeOf(request) as object), request, {
          headers,
          body,
        }) as HttpRequest;
        const { response } = await next({ ...args, request: changed });
        const chunks: Uint8Array[] = [];
        // Read to the end, or the connection would not be used again.
        if (response.body instanceof Uint8Array) chunks.push(response.body);
        else for await (const chunk of response.body) chunks.push(chunk);
        return { status: response.statusCode, body: Buffer.concat(chunks).toString() };
      };
      const operation = request.headers['x-amz-target']?.split('.').at(-1) ?? 'unknown';
      const { status, body } = await interceptor({ operation, body: original }, send);
      const headers = { 'content-type': 'application/x-amz-json-1.0' };
      return { response: { statusCode: status, headers, body: new Uint8Array(Buffer.from(body)) } };
    };
  stack.add(middleware, { step: 'deserialize', priority: 'low', name: 'faultInterceptor' });
}

/** The SDK's bytes have methods of strings, which it warns of; `Buffer.from` would call one. */
function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
}

/** An interceptor around another, the first nearest to the SDK. */
export function both(outer: Interceptor, inner: Interceptor): Interceptor {
  return (request, send) => outer(request, (body = request.body) => inner({ ...request, body }, send));
}

interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

/** The part of a client that sends its requests. */
interface Sender {
  requestHandler: { handle(request: unknown, options?: SendOptions): Promise<unknown> };
}

/**
 * Lets requests that have left a client go on when their caller breaks them off: the caller is told at once, and the
 * server gets them all the same, as it may on a network.
 */
export function letRequestsGoOn(client: DynamoDBClient | SQSClient): void {
  const config = client.config as unknown as Sender;
  const sender = config.requestHandler;
  const goingOn = Object.create(sender) as Sender['requestHandler'];
  goingOn.handle = (request, { abortSignal, ...options } = {}) => {
    const answer = sender.handle(request, options);
    if (abortSignal === undefined) return answer;
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(Object.assign(new Error('the caller has left'), { name: 'AbortError' }));
      };
      if (abortSignal.aborted) leave();
      abortSignal.addEventListener('abort', leave, { once: true });
      answer.then(resolve, reject).finally(() => {
        abortSignal.removeEventListener('abort', leave);
      });
    });
  };
  config.requestHandler = goingOn;
}
