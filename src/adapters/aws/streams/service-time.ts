import type { MiddlewareStack } from '../sdk-middleware.ts';

/**
 * When the service has answered a command, by its own clock: as the answer's header says.
 *
 * @returns asks for it once there is an answer, in milliseconds since 1970, to the second; undefined where it does not say.
 */
export function serviceTimeOf(command: { readonly middlewareStack: object }): () => number | undefined {
  let date: string | undefined;
  (command.middlewareStack as MiddlewareStack).add(
    (next) => async (call) => {
      const answered = await next(call);
      date = answered.response.headers['date'];
      return answered;
    },
    { ...{ name: 'contrailServiceTime', override: true }, step: 'deserialize', priority: 'high' },
  );
  return () => {
    const at = Date.parse(date ?? '');
    return Number.isNaN(at) ? undefined : at;
  };
}
