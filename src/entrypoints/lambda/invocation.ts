import { AsyncLocalStorage } from 'node:async_hooks';
import { VERSION } from '../version.ts';
import type { InvocationContext } from './create-handler.ts';

type Fields = Readonly<Record<string, string>>;

const NONE: Fields = {};

/** Each invocation has its own, also where a process handles several at once. */
const current = new AsyncLocalStorage<Fields>();

/**
 * What every line of an invocation says of it: `requestId`, `traceId` and `functionVersion`, as far as they are known, and
 * `contrailVersion`. Nothing outside of an invocation.
 */
export function invocationFields(): Fields {
  return current.getStore() ?? NONE;
}

/** Does the work of an invocation: all that comes of it, however late, has the invocation's fields. */
export function duringInvocation<T>(
  context: InvocationContext | null | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const fields = {
    requestId: context?.awsRequestId,
    // The runtime tells it in the variable, or, where several invocations share a process, in the context only.
    traceId: context?.xRayTraceId ?? process.env['_X_AMZN_TRACE_ID'],
    functionVersion: context?.functionVersion ?? process.env['AWS_LAMBDA_FUNCTION_VERSION'],
    contrailVersion: VERSION,
  };
  return current.run(textsOf(fields), work);
}

function textsOf(fields: Readonly<Record<string, unknown>>): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => typeof field[1] === 'string'),
  );
}
