import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** What the SDK makes of a command's class: all that a request goes through. */
type Handler = (command: Command) => Promise<{ readonly output: unknown }>;

interface Command {
  resolveMiddleware(stack: unknown, configuration: unknown, options: Options | undefined): Handler;
}

interface Options {
  readonly abortSignal?: AbortSignal;
}

/**
 * Has a client put together a request's middleware once for each class of commands that are sent under a signal. The SDK's
 * own does it for each request, which takes as long as serialising it; its `cacheMiddleware` is not for requests with options.
 * Commands of the document client cannot share theirs, and are sent as before.
 *
 * Requests at the same time then share the middleware's context. That is right as long as nothing is awaited between the
 * middleware that notes a request's endpoint there and the one that reads it, which a test with two hosts shows.
 */
export function cacheMiddleware(client: DynamoDBClient | DynamoDBDocumentClient | SQSClient): void {
  const { middlewareStack, config } = client;
  const bySignal = new WeakMap<AbortSignal, Map<unknown, Handler>>();
  const sendAsBefore = client.send.bind(client) as unknown as (
    command: Command,
    options?: Options,
  ) => Promise<unknown>;

  const send = async (command: Command, options?: Options): Promise<unknown> => {
    const signal = options?.abortSignal;
    if (signal === undefined || 'clientCommand' in command) return sendAsBefore(command, options);
    let byClass = bySignal.get(signal);
    if (byClass === undefined) bySignal.set(signal, (byClass = new Map<unknown, Handler>()));
    let handler = byClass.get(command.constructor);
    if (handler === undefined)
      byClass.set(
        command.constructor,
        (handler = command.resolveMiddleware(middlewareStack, config, options)),
      );
    return (await handler(command)).output;
  };
  Object.assign(client, { send });
}
