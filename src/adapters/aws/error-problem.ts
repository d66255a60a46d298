import { type Problem, problemOf } from './error-codes.ts';

/** What an error is about. */
export type Found = Problem | 'unreachable' | 'keys' | 'model';

/** The parts of errors that tell them apart: of Node, of the SDK, of the services, of ElectroDB. */
export interface Thrown {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly Code?: unknown;
  readonly Error?: { readonly Code?: unknown };
  readonly hostname?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
  readonly errors?: readonly Thrown[];
  readonly $metadata?: { readonly httpStatusCode?: unknown };
  readonly $retryable?: unknown;
  readonly CancellationReasons?: readonly { readonly Code?: unknown }[];
  readonly isElectroError?: unknown;
  readonly cause?: unknown;
}

/** The problem that an error tells of; undefined where it is not known. */
export function problemIn(error: Thrown): Found | undefined {
  if (UNREACHABLE.includes(error.code)) return 'unreachable';
  if (error.name === 'TransactionCanceledException') return refine(problemOfCancellation(error), error);
  if (NO_REGION.test(String(error.message))) return 'region';
  for (const code of [error.name, error.Code, error.Error?.Code, error.code]) {
    const problem = typeof code === 'string' ? problemOf(code) : undefined;
    if (problem !== undefined) return refine(problem, error);
  }
  // Below 4000 are ElectroDB's objections to the model, the query or the values: nothing was sent.
  if (error.isElectroError === true && typeof error.code === 'number' && error.code < 4000) return 'model';
  if (error.$retryable !== undefined) return 'transient';
  return refineStatus(error);
}

/** Some refusals have one code for everything, and say only in their message what is wrong. */
function refine(problem: Problem, { message }: Thrown): Found {
  if (problem !== 'refused') return problem;
  if (OTHER_KEYS.test(String(message))) return 'keys';
  if (LARGE_ITEM.test(String(message))) return 'content';
  return LARGE_MESSAGE.test(String(message)) ? 'size' : problem;
}

const OTHER_KEYS =
  /key element does not match the schema|missed key schema element|missing the key|missing a key|type mismatch for key|required keys|conditions on the keys is invalid/i;
/** As DynamoDB says it of an item, whose bound is the same in every table: of one that is put, and of one that is updated. */
const LARGE_ITEM = /item size (?:to update )?has exceeded the maximum allowed size/i;
/** As SQS says it of a message, whose bound is a setting of the queue. */
const LARGE_MESSAGE = /must be shorter than|message (?:is )?too long/i;

const UNREACHABLE: readonly unknown[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];
const NO_REGION = /Region is missing|Region not accepted|Missing Region|Invalid region/i;

/**
 * Of an answer without a known code. The services refuse with 400, and name the reason; any other status from 300 on
 * that they do not use themselves comes from something else: a proxy, a route, a web server.
 */
function refineStatus({ $metadata }: Thrown): Found | undefined {
  const status = $metadata?.httpStatusCode;
  if (typeof status !== 'number' || status < 300) return undefined;
  if (status === 401 || status === 403) return 'permission';
  if (status >= 500 || status === 408 || status === 429) return 'transient';
  if (status === 413) return 'size';
  return status === 400 ? 'refused' : 'endpoint';
}

/** A cancelled transaction is as bad as the worst of its reasons. */
function problemOfCancellation({ CancellationReasons: reasons, message }: Thrown): Problem {
  const codes =
    reasons?.map(({ Code }) => String(Code)) ?? /\[(.*)\]/.exec(String(message))?.[1]?.split(', ') ?? [];
  const problems = codes.flatMap((code) =>
    code === 'None' || code === '' ? [] : (problemOf(code) ?? 'refused'),
  );
  return WORST_FIRST.find((one) => problems.includes(one)) ?? 'conflict';
}

const WORST_FIRST: readonly Problem[] = [
  'credentials',
  'permission',
  'account',
  'missing',
  'encryption',
  'endpoint',
  'collection',
  'size',
  'refused',
  'content',
  'conflict',
  'transient',
];
