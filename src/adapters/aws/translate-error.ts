import { Fault } from '../../domain/fault.ts';
import { type AwsResource, messageOf, nameOf, quoted } from './error-message.ts';
import { type Found, problemIn, type Thrown } from './error-problem.ts';
import { withoutSecrets } from './redact.ts';
import { Refusal } from './refusal.ts';

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
