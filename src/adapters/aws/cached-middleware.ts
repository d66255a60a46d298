import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Answered, Call, Configuration, MiddlewareStack, Next } from './sdk-middleware.ts';

interface Command {
  readonly input: object;
  /** All that a request goes through. */
  resolveMiddleware(stack: unknown, configuration: unknown, options: Options): Next;
}

interface Options {
  readonly abortSignal?: AbortSignal;
  readonly requestTimeout?: number;
}

/**
 * Has a client put together a request's middleware once for each class of commands. The SDK's own does it for each request,
 * which takes as long as serialising it; its `cacheMiddleware` is not for requests with options. Commands of the document
 * client cannot share theirs, and are sent as before. Middleware that is added after a class's first command is not for it.
 *
 * Requests at the same time then share the middleware's context. That is right as long as nothing is awaited between the
 * middleware that notes a request's endpoint there and the one that reads it, which a test with two hosts shows.
 */
export function cacheMiddleware(
  client: DynamoDBClient | DynamoDBDocumentClient | DynamoDBStreamsClient | SQSClient,
): void {
  const stack = client.middlewareStack as unknown as MiddlewareStack;
  const config = client.config as unknown as Configuration;
  const handlers = new Map<unknown, Next>();
  const sendAsBefore = client.send.bind(client) as unknown as (
    command: Command,
    options?: Options,
  ) => Promise<unknown>;
  // The SDK's own handler has the one signal, and the one time, that middleware was put together with.
  stack.add(
    (next) => (call) => {
      const { signal, requestTimeout, response } = call;
      if (response !== undefined) return Promise.resolve({ response });
      const isUsual = signal === undefined && requestTimeout === undefined;
      return isUsual ? next(call) : handle(config, call);
    },
    { step: 'deserialize', priority: 'low', name: 'contrailHandler', override: true },
  );

  const send = async (command: Command, options: Options = {}): Promise<unknown> => {
    if ('clientCommand' in command) return sendAsBefore(command, options);
    const { abortSignal: signal, requestTimeout } = options;
    signal?.throwIfAborted();
    let handler = handlers.get(command.constructor);
    if (handler === undefined)
      handlers.set(command.constructor, (handler = command.resolveMiddleware(stack, config, {})));
    const sent = handler({ input: command.input, signal, requestTimeout });
    return (await (signal === undefined ? sent : unlessAborted(sent, signal))).output;
  };
  Object.assign(client, { send });
}

/** Sends a request over the network, unless its signal has been aborted while the SDK paused. */
export async function handle(
  { requestHandler }: Configuration,
  { request, signal, requestTimeout }: Call,
): Promise<Answered> {
  signal?.throwIfAborted();
  return requestHandler.handle(request, { abortSignal: signal, requestTimeout });
}

/** Rejects once the signal is aborted, also where the SDK pauses before it tries again. */
async function unlessAborted<T>(sent: Promise<T>, signal: AbortSignal): Promise<T> {
  let leave = () => {};
  const aborted = new Promise<never>((_, reject) => {
    leave = () => {
      reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
    };
    signal.addEventListener('abort', leave);
  });
  try {
    return await Promise.race([sent, aborted]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
