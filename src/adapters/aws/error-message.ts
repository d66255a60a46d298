import type { Found, Thrown } from './error-problem.ts';
import { redact } from './redact.ts';

/** What was used when the error came, for its message. */
export interface AwsResource {
  /** What the resource is called, as in `table orders` or `queue search.fifo`. */
  readonly resource: string;
  /** The environment variable that names it. */
  readonly variable: string;
}

/** What went wrong, where, and what to set. */
export function messageOf(problem: Found, error: Thrown, { resource, variable }: AwsResource): string {
  switch (problem) {
    case 'credentials':
      // What a service says of them may cite them.
      return `${resource}: no valid credentials (${nameOf(error)}); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, with AWS_SESSION_TOKEN where they are temporary, or AWS_PROFILE, or give the process a role; then check its clock`;
    case 'permission':
      return `${resource}: access denied (${quoted(error)}); grant the missing permission to the role or user of the credentials`;
    case 'account':
      return `${resource}: the account may not use the service (${quoted(error)}); activate it for the account and region`;
    case 'keys':
      return `${resource} does not have the keys that Contrail needs (${quoted(error)}); set ${variable} to a table whose partition key is PK and whose sort key is SK, both of type S, or, for the main table, to one with the keys of the definition`;
    case 'model':
      return `${resource}: the request could not be built (${quoted(error)}); check that the worker's version is the one meant for this table`;
    case 'missing':
      return `${resource} does not exist (${quoted(error)}); set ${variable} to one that does, and AWS_REGION to where it is`;
    case 'encryption':
      return `${resource}: the KMS key that encrypts it cannot be used (${quoted(error)}); enable the key, or set another`;
    case 'endpoint':
      return `${resource}: the response is not from the service (${quoted(error)}${statusOf(error)}); correct or unset AWS_ENDPOINT_URL, and check the proxies and routes in between`;
    case 'region':
      return `${resource}: no valid region (${quoted(error)}); set AWS_REGION`;
    case 'unreachable':
      return `${resource}: cannot reach ${addressOf(error)} (${String(error.code)}); check the network, AWS_REGION, and AWS_ENDPOINT_URL where it is set${
        // SQS requests go to the host of the queue's URL.
        variable.endsWith('_URL') ? `, and ${variable}` : ''
      }`;
    case 'content':
      return `${resource}: rejected because of its content (${quoted(error)})`;
    case 'refused':
      return `${resource}: refused (${quoted(error)}); check ${variable}, and what ${resource} allows`;
    case 'size':
      return `${resource}: refused (${quoted(error)}); raise the size limit of ${resource}, or of the proxy in front of it`;
    case 'collection':
      return `${resource}: refused (${quoted(error)}); the rows of one partition exceed the 10 GB that a table with local secondary indexes allows: delete some, or drop these indexes`;
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

export function nameOf({ name }: Thrown): string {
  return typeof name === 'string' ? name : 'Error';
}

const LONGEST_QUOTE = 300;

export function quoted(error: unknown): string {
  const name = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
  const message = error instanceof Error ? error.message : String(error);
  return name + redact(message).replaceAll(/\s+/g, ' ').slice(0, LONGEST_QUOTE);
}
