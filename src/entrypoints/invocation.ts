import { AsyncLocalStorage } from 'node:async_hooks';
import { VERSION } from './package-version.ts';

/** The part of Lambda's context that is used. Any of it may be missing where the function is called by hand. */
export interface InvocationContext {
  readonly getRemainingTimeInMillis?: () => number;
  readonly awsRequestId?: string;
  readonly functionVersion?: string;
  readonly xRayTraceId?: string | undefined;
}

type Fields = Readonly<Record<string, string>>;

const NONE: Fields = {};

/**
 * Of an invocation that began while no other was under way: on Lambda, of each. Node 20 and 22 follow every promise once an
 * AsyncLocalStorage is in use, which took a fifth of a batch's processor time.
 */
let only: Fields | undefined;

/** Of those that began while another was under way. */
const further = new AsyncLocalStorage<Fields>();

/**
 * What every log line and metric of an invocation carries: `requestId`, `traceId` and `functionVersion` where known, and
 * `contrailVersion`. Empty while no invocation is under way.
 */
export function invocationFields(): Fields {
  return further.getStore() ?? only ?? NONE;
}

/**
 * Runs the work of an invocation: what it logs before it settles carries the invocation's fields, also beside others. What it
 * leaves running may carry the next one's.
 */
export async function duringInvocation<T>(
  context: InvocationContext | null | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const fields = {
    requestId: context?.awsRequestId,
    // In the variable, or, where several invocations share a process, in the context only.
    traceId: context?.xRayTraceId ?? process.env['_X_AMZN_TRACE_ID'],
    functionVersion: context?.functionVersion ?? process.env['AWS_LAMBDA_FUNCTION_VERSION'],
    contrailVersion: VERSION,
  };
  if (only !== undefined) return further.run(stringsOf(fields), work);
  only = stringsOf(fields);
  try {
    return await work();
  } finally {
    only = undefined;
  }
}

function stringsOf(fields: Readonly<Record<string, unknown>>): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => typeof field[1] === 'string'),
  );
}
