import { Fault } from '../../domain/fault.ts';
import { answerFault } from './answer-fault.ts';
import { Watch } from './watch.ts';

/** Where the key is kept, if not at hand. */
export interface ApiKeys {
  /**
   * The key, read once and kept.
   *
   * @param refused the key that the server has refused: one that has been changed since is read anew.
   * @throws Fault when it cannot be read. The message does not cite it.
   */
  read(refused?: string): Promise<string>;
}

/** Where the server is, and how long it may take. */
export interface TypesenseClientOptions {
  /** Such as `https://search.example.com:8108`, with a path before those of the server if need be. */
  readonly url: string;
  readonly apiKey: string | ApiKeys;
  /**
   * Milliseconds without a byte of an answer until a request is given up. It may still take effect after that.
   *
   * @default 10000
   */
  readonly timeoutMs?: number;
}

export interface TypesenseRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Its parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** JSON, or lines of it. */
  readonly body?: string | Uint8Array;
  /** What it does, for messages: `importing into products`. */
  readonly doing: string;
  readonly collection?: string | undefined;
}

/** An answer with a status from 200 to 299, or one that was asked for. */
export interface TypesenseAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * A Typesense server over HTTP: one attempt per call. What goes wrong is a Fault; the key is in no message and no cause.
 * Calls reject with the signal's reason once it is aborted.
 *
 * There is an official client, which is unfit here: it takes an answer that is shorter than its request for success, repeats
 * requests by itself, and takes no signal.
 */
export class TypesenseClient {
  /** For messages. */
  readonly server: string;
  readonly #base: string;
  readonly #keys: ApiKeys;
  /** Those that were sent last, the newest at the end: no message may cite them. Requests under way have one that was replaced since. */
  #sent: readonly string[] = [];
  readonly #timeoutMs: number;

  /** @throws Fault `configuration` when the URL or the key cannot be used. The message cites neither. */
  constructor({ url, apiKey, timeoutMs = 10_000 }: TypesenseClientOptions) {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    if (
      !parsed ||
      !/^https?:$/.test(parsed.protocol) ||
      parsed.username ||
      parsed.password ||
      parsed.search ||
      parsed.hash
    )
      throw new Fault(
        'configuration',
        'TYPESENSE_URL is not the URL of a server; expected one like https://search.example.com:8108, without a user, a password or a query',
      );
    if (typeof apiKey === 'string' && !isApiKey(apiKey))
      throw new Fault('configuration', 'TYPESENSE_API_KEY is empty, or has characters that no API key has');
    this.#base = parsed.href.replace(/\/+$/, '');
    this.server = `Typesense at ${this.#base}`;
    this.#keys = typeof apiKey === 'string' ? { read: () => Promise.resolve(apiKey) } : apiKey;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * @param expected statuses that are answers too, besides those of success.
   * @throws Fault when there is no answer, or another one.
   */
  async send(
    request: TypesenseRequest,
    signal?: AbortSignal,
    expected: readonly number[] = [],
  ): Promise<TypesenseAnswer> {
    const watch = new Watch(this.#timeoutMs, signal);
    try {
      const response = await this.#fetch(request, watch);
      const body = await wholeBody(response, watch);
      const { status } = response;
      if (response.ok || expected.includes(status)) return { status, body };
      throw this.refusal(request, { status, body, retryAfter: retryAfterOf(response) });
    } catch (error) {
      throw this.#translated(error, request, watch, signal);
    } finally {
      watch.end();
    }
  }

  /**
   * The lines of an answer as they come, without empty ones. The time is that between two pieces of it.
   *
   * @throws Fault when the answer is none of success, or ends before its end.
   */
  async *lines(request: TypesenseRequest, signal?: AbortSignal): AsyncGenerator<string> {
    const watch = new Watch(this.#timeoutMs, signal);
    try {
      const response = await this.#fetch(request, watch);
      if (!response.ok) {
        const body = await wholeBody(response, watch);
        throw this.refusal(request, { status: response.status, body, retryAfter: retryAfterOf(response) });
      }
      let rest = '';
      for await (const text of texts(response, watch)) {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        // Whoever takes the lines may take their time.
        watch.pause();
        for (const line of lines) if (line !== '') yield line;
        watch.restart();
      }
      watch.pause();
      if (rest !== '') yield rest;
    } catch (error) {
      throw this.#translated(error, request, watch, signal);
    } finally {
      watch.end();
    }
  }

  async #fetch(request: TypesenseRequest, watch: Watch): Promise<Response> {
    const key = await this.#keys.read();
    const response = await this.#fetchWith(key, request, watch);
    if (response.status !== 401) return response;
    // It was not carried out, so it may be sent again: with the key that there is by now, if it is another.
    const renewed = await this.#keys.read(key);
    if (renewed === key) return response;
    await response.body?.cancel();
    return this.#fetchWith(renewed, request, watch);
  }

  #fetchWith(key: string, { method, path, query, body }: TypesenseRequest, watch: Watch): Promise<Response> {
    if (this.#sent.at(-1) !== key)
      this.#sent = [...this.#sent.filter((other) => other !== key), key].slice(-KEYS);
    watch.restart();
    const parameters = Object.entries(query ?? {}).map((pair) => pair.map(encodeURIComponent).join('='));
    return fetch(`${this.#base}${path}${parameters.length === 0 ? '' : `?${parameters.join('&')}`}`, {
      method,
      headers: {
        'x-typesense-api-key': key,
        ...(body !== undefined && { 'content-type': 'text/plain' }),
      },
      ...(body !== undefined && { body }),
      signal: watch.signal,
      // It would take the key elsewhere, and make a GET of a POST.
      redirect: 'manual',
    });
  }

  /** The Fault of an answer: also of one that was expected, and says something else. */
  refusal(
    { doing, collection }: TypesenseRequest,
    { status, body, retryAfter = null }: TypesenseAnswer & { readonly retryAfter?: string | null },
  ): Fault {
    // Cut afterwards: of a key that is cut, the first part would stay.
    const message = this.#sent
      .reduce((text, key) => text.replaceAll(key, '[redacted]'), messageIn(body))
      .slice(0, 200);
    return answerFault({ server: this.server, doing, collection }, { status, message, retryAfter });
  }

  #translated(
    error: unknown,
    { doing }: TypesenseRequest,
    watch: Watch,
    signal: AbortSignal | undefined,
  ): unknown {
    if (signal?.aborted === true) return signal.reason;
    if (Fault.is(error)) return error;
    const what = watch.isOver
      ? `did not answer within ${this.#timeoutMs} ms`
      : `gave no whole answer (${reasonOf(error)})`;
    return new Fault(
      'transient',
      `${this.server} ${what} while ${doing}: it may or may not have taken effect`,
      { reason: `${this.server} ${what}`, cause: error },
    );
  }
}

/** Keys that are kept out of messages. */
const KEYS = 8;

/** What else a header could hold would be cited by the error of whoever sends it. */
export function isApiKey(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

function retryAfterOf({ headers }: Response): string | null {
  return headers.get('retry-after');
}

async function* texts(response: Response, watch: Watch): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const bytes of response.body ?? []) {
    watch.restart();
    yield decoder.decode(bytes as Uint8Array, { stream: true });
  }
  yield decoder.decode();
}

async function wholeBody(response: Response, watch: Watch): Promise<string> {
  const pieces: string[] = [];
  for await (const text of texts(response, watch)) pieces.push(text);
  return pieces.join('');
}

/** What a server says of a refusal: `message` of its JSON. The pages of a proxy say nothing worth citing. */
function messageIn(body: string): string {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown };
    return typeof message === 'string' ? message : '';
  } catch {
    // Before 30.2 a message is not escaped.
    return /^\{\s*"message":\s*"(.*)/s.exec(body)?.[1]?.replace(/"\}\s*$/, '') ?? '';
  }
}

/** Such as ECONNREFUSED, which fetch hides as the cause of its cause. */
function reasonOf(error: unknown): string {
  for (let link = error; link instanceof Error; link = link.cause) {
    const { code } = link as { readonly code?: unknown };
    if (typeof code === 'string') return code;
    if (link.cause === undefined) return link.message;
  }
  return String(error);
}
