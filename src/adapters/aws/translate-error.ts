import { Fault, type FaultKind } from '../../domain/fault.ts';
import { type Problem, problemOf } from './error-codes.ts';
import { redact, withoutSecrets } from './redact.ts';

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
 * Errors that nothing is known about are transient, which is safe; those that the service blames on the request
 * are permanent.
 */
export function translateError(error: unknown, used: AwsResource): Fault {
  for (const link of chainOf(error)) {
    if (link instanceof Fault) return link;
    const problem = problemIn(link);
    if (problem !== undefined)
      return new Fault(KINDS[problem], messageOf(problem, link, used), { cause: withoutSecrets(error) });
  }
  return new Fault('transient', `${used.resource}: ${quoted(error)}`, {
    cause: withoutSecrets(error),
  });
}

const KINDS: Readonly<Record<Problem | 'unreachable', FaultKind>> = {
  credentials: 'configuration',
  permission: 'configuration',
  missing: 'configuration',
  encryption: 'configuration',
  endpoint: 'configuration',
  region: 'configuration',
  conflict: 'conflict',
  permanent: 'permanent',
  transient: 'transient',
  unreachable: 'transient',
};

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

function problemIn(error: Thrown): keyof typeof KINDS | undefined {
  if (UNREACHABLE.includes(error.code)) return 'unreachable';
  if (error.name === 'TransactionCanceledException') return problemOfCancellation(error);
  if (NO_REGION.test(String(error.message))) return 'region';
  for (const code of [error.name, error.Code, error.Error?.Code, error.code]) {
    const problem = typeof code === 'string' ? problemOf(code) : undefined;
    if (problem !== undefined) return problem;
  }
  // Below 4000 are ElectroDB's objections to the model, the query or the values: nothing was sent.
  if (error.isElectroError === true && typeof error.code === 'number' && error.code < 4000)
    return 'permanent';
  if (error.$retryable !== undefined) return 'transient';
  return problemOfStatus(error.$metadata?.httpStatusCode);
}

const UNREACHABLE: readonly unknown[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];
const NO_REGION = /Region is missing|Region not accepted|Missing Region|Invalid region/i;

function problemOfStatus(status: unknown): Problem | undefined {
  if (typeof status !== 'number' || status < 400) return undefined;
  if (status === 401 || status === 403) return 'permission';
  return status >= 500 || status === 408 || status === 429 ? 'transient' : 'permanent';
}

/** A cancelled transaction is as bad as the worst of its reasons. */
function problemOfCancellation({ CancellationReasons: reasons, message }: Thrown): Problem {
  const codes =
    reasons?.map(({ Code }) => String(Code)) ?? /\[(.*)\]/.exec(String(message))?.[1]?.split(', ') ?? [];
  const problems = codes.map(problemOf);
  return (
    (['permission', 'permanent', 'conflict', 'transient'] as const).find((one) => problems.includes(one)) ??
    'conflict'
  );
}

function messageOf(problem: keyof typeof KINDS, error: Thrown, { resource, variable }: AwsResource): string {
  switch (problem) {
    case 'credentials':
      // What a service says of them may cite them.
      return `${resource}: no valid credentials (${nameOf(error)}); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, with AWS_SESSION_TOKEN where they are temporary, or AWS_PROFILE, or give the process a role; then check its clock`;
    case 'permission':
      return `${resource}: not allowed (${quoted(error)}); grant the role or user of the credentials what is denied`;
    case 'missing':
      return `${resource} does not exist (${quoted(error)}); set ${variable} to one that does, and AWS_REGION to where it is`;
    case 'encryption':
      return `${resource}: the KMS key that encrypts it cannot be used (${quoted(error)}); enable the key, or set another`;
    case 'endpoint':
      return `${resource}: what answers is not the service (${quoted(error)}); correct or unset AWS_ENDPOINT_URL`;
    case 'region':
      return `${resource}: no valid region (${quoted(error)}); set AWS_REGION`;
    case 'unreachable':
      return `${resource}: cannot reach ${addressOf(error)} (${String(error.code)}); check the network, AWS_REGION, and AWS_ENDPOINT_URL where it is set${
        // SQS requests go to the host of the queue's URL.
        variable.endsWith('_URL') ? `, and ${variable}` : ''
      }`;
    case 'conflict':
    case 'permanent':
    case 'transient':
      return `${resource}: ${quoted(error)}`;
  }
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
