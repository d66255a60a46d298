/*
 * The SDK's middleware as far as Contrail adds to it. The SDK's own types differ by client and step, which does not matter
 * here.
 */

/** A command on its way through the middleware. */
export interface Call {
  readonly input: object;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for an answer; the client's own, unless given. */
  readonly requestTimeout?: number | undefined;
  /** Once it is written. */
  readonly request?: HttpRequest;
  /** Where it has been answered, and only the answer is to be read. */
  readonly response?: HttpResponse;
}

export interface HttpRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Answered {
  readonly response: HttpResponse;
  /** Once it is read. */
  readonly output?: unknown;
}

export type Next = (call: Call) => Promise<Answered>;

/** @param context of a command's class, for all its requests. */
export type Middleware = (next: Next, context: object) => Next;

type Place = { readonly name: string; readonly override: true } & (
  | { readonly step: 'initialize' | 'deserialize'; readonly priority: 'high' | 'low' }
  | { readonly relation: 'before' | 'after'; readonly toMiddleware: string }
);

export interface MiddlewareStack {
  /** In order: `name - step`, or `name - before another`. */
  identify(): readonly string[];
  add(middleware: Middleware, place: Place): void;
  addRelativeTo(middleware: Middleware, place: Place): void;
}

/** The parts of a client's settings that are used. */
export interface Configuration {
  readonly protocol: { getShapeId(): string };
  readonly requestHandler: {
    handle(
      request: unknown,
      options: {
        readonly abortSignal?: AbortSignal | undefined;
        readonly requestTimeout?: number | undefined;
      },
    ): Promise<Answered>;
  };
  readonly streamCollector: (body: unknown) => Promise<Uint8Array>;
}
