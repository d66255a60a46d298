import { Fault } from '../../domain/fault.ts';
import { type Problem, problemOf } from './error-codes.ts';
import { redact, withoutSecrets } from './redact.ts';
import { Refusal } from './refusal.ts';

/** What was used when the error came, for its message. */
export interface AwsResource {
  /** What the resource is called, as in `table aircraft` or `queue search.fifo`. */
  readonly resource: string;
  /** The environment variable that names it. */
  readonly variable: string;
}

/**
 * What an SDK client or ElectroDB threw, as a Fault whose message says what to set. The error is its `cause`; of
 * an error that cites secrets, a copy that does not. A Fault stays the Fault it is.
 *
 * Never a `permanent` one: an error does not say of how many items it is. What the service refuses is a `Refusal`, also
 * where its code is not known. Errors that nothing is known about are transient, which is safe.
 */
export function translateError(error: unknown, used: AwsResource): Fault {
  for (const link of chainOf(error)) {
    if (Fault.is(link)) return link;
    const problem = problemIn(link);
    if (problem !== undefined) return faultOf(problem, link, used, withoutSecrets(error));
  }
  return new Fault('transient', `${used.resource}: ${quoted(error)}`, {
    cause: withoutSecrets(error),
  });
}

type Found = Problem | 'unreachable' | 'keys' | 'model';

function faultOf(problem: Found, error: Thrown, used: AwsResource, cause: unknown): Fault {
  const message = messageOf(problem, error, used);
  const reason = `${used.resource}: ${problem} (${nameOf(error)})`;
  switch (problem) {
    case 'content':
    case 'size':
      return new Refusal(problem, message, { reason, cause });
    case 'refused':
    case 'collection':
      return new Refusal('anything', message, { reason, cause });
    case 'conflict':
      return new Fault('conflict', message, { cause });
    case 'transient':
    case 'unreachable':
      return new Fault('transient', message, { cause });
    default:
      return new Fault('configuration', message, { cause });
  }
}

/** The parts of errors that tell them apart: of Node, of the SDK, of the services, of ElectroDB. */
interface Thrown {
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

/** The error and its causes, the outermost first: ElectroDB's own errors say nothing of the SDK's. */
function chainOf(error: unknown): Thrown[] {
  const chain: Thrown[] = [];
  for (
    let link = error;
    typeof link === 'object' && link !== null && chain.length < 6;
    link = (link as Thrown).cause
  )
    chain.push(link);
  return chain;
}

function problemIn(error: Thrown): Found | undefined {
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

function messageOf(problem: Found, error: Thrown, { resource, variable }: AwsResource): string {
  switch (problem) {
    case 'credentials':
      // What a service says of them may cite them.
      return `${resource}: no valid credentials (${nameOf(error)}); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, with AWS_SESSION_TOKEN where they are temporary, or AWS_PROFILE, or give the process a role; then check its clock`;
    case 'permission':
      return `${resource}: not allowed (${quoted(error)}); grant the role or user of the credentials what is denied`;
    case 'account':
      return `${resource}: the account may not use the service (${quoted(error)}); activate it for the account and region`;
    case 'keys':
      return `${resource} has other keys than Contrail needs (${quoted(error)}); set ${variable} to a table whose partition key is PK and whose sort key is SK, both of type S`;
    case 'model':
      return `${resource}: the request could not be made (${quoted(error)}); check that the worker's version is the one meant for this table`;
    case 'missing':
      return `${resource} does not exist (${quoted(error)}); set ${variable} to one that does, and AWS_REGION to where it is`;
    case 'encryption':
      return `${resource}: the KMS key that encrypts it cannot be used (${quoted(error)}); enable the key, or set another`;
    case 'endpoint':
      return `${resource}: what answers is not the service (${quoted(error)}${statusOf(error)}); correct or unset AWS_ENDPOINT_URL, and check the proxies and routes on the way`;
    case 'region':
      return `${resource}: no valid region (${quoted(error)}); set AWS_REGION`;
    case 'unreachable':
      return `${resource}: cannot reach ${addressOf(error)} (${String(error.code)}); check the network, AWS_REGION, and AWS_ENDPOINT_URL where it is set${
        // SQS requests go to the host of the queue's URL.
        variable.endsWith('_URL') ? `, and ${variable}` : ''
      }`;
    case 'content':
      return `${resource}: refused for what it holds (${quoted(error)})`;
    case 'refused':
      return `${resource}: refused (${quoted(error)}); check ${variable}, and what ${resource} allows`;
    case 'size':
      return `${resource}: refused (${quoted(error)}); raise what ${resource}, or a proxy before it, takes at once`;
    case 'collection':
      return `${resource}: refused (${quoted(error)}); rows of one partition weigh more than a table with local secondary indexes takes (10 GB): remove some, or do without such indexes`;
    case 'conflict':
    case 'transient':
      return `${resource}: ${quoted(error)}`;
  }
}

function statusOf({ $metadata }: Thrown): string {
  const status = $metadata?.httpStatusCode;
  return typeof status === 'number' ? `, HTTP status ${status}` : '';
}

/** Host and port; never a URL, which may hold a password. */
function addressOf(error: Thrown): string {
  // Where a name has several addresses, only the errors of the single attempts say them.
  const { hostname, address, port } = error.errors?.[0] ?? error;
  const host = hostname ?? address;
  if (typeof host !== 'string') return 'the endpoint';
  return typeof port === 'number' ? `${host}:${port}` : host;
}

function nameOf({ name }: Thrown): string {
  return typeof name === 'string' ? name : 'Error';
}

const LONGEST_QUOTE = 300;

function quoted(error: unknown): string {
  const name = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
  const message = error instanceof Error ? error.message : String(error);
  return name + redact(message).replaceAll(/\s+/g, ' ').slice(0, LONGEST_QUOTE);
}
