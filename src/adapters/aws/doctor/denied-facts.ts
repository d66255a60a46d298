import type { DeniedFacts } from '../../../application/doctor/facts.ts';
import { abortableBy, TIMEOUTS } from '../clients.ts';
import { notInstalled } from '../not-installed.ts';
import { answered } from './answered.ts';

/** What a role must be allowed. */
export interface NeededRequests {
  readonly actions: readonly string[];
  readonly resource: string;
  /** Patterns of partition keys that it is limited to; undefined where any may be meant. */
  readonly leadingKeys: readonly string[] | undefined;
}

/**
 * What IAM says that a role may not do, of what it must: nothing is done. Boundaries and policies of organizations count; policies of
 * queues and keys do not.
 *
 * @param role its ARN.
 * @throws Fault when IAM does not answer, or may not be asked.
 */
export async function deniedTo(
  role: string,
  needed: readonly NeededRequests[],
  signal?: AbortSignal,
): Promise<readonly DeniedFacts[]> {
  const { IAMClient, SimulatePrincipalPolicyCommand } = await import('@aws-sdk/client-iam').catch(
    notInstalled('@aws-sdk/client-iam'),
  );
  const client = new IAMClient({ requestHandler: TIMEOUTS });
  try {
    const found = await Promise.all(
      needed.map(({ actions, resource, leadingKeys }) =>
        answered({ resource: `role ${role}`, variable: '--function' }, async () => {
          const { EvaluationResults = [] } = await client.send(
            new SimulatePrincipalPolicyCommand({
              PolicySourceArn: role,
              ActionNames: [...actions],
              // A pattern is no resource: something that fits it is.
              ResourceArns: [anyOf(resource)],
              ...(leadingKeys === undefined
                ? {}
                : {
                    ContextEntries: [
                      {
                        ContextKeyName: 'dynamodb:LeadingKeys',
                        ContextKeyType: 'stringList',
                        ContextKeyValues: leadingKeys.map(anyOf),
                      },
                    ],
                  }),
            }),
            abortableBy(signal),
          );
          return EvaluationResults.filter(({ EvalDecision }) => EvalDecision !== 'allowed').map(
            ({ EvalActionName = '?' }) => ({ role, action: EvalActionName, resource }),
          );
        }),
      ),
    );
    return found.flat();
  } finally {
    client.destroy();
  }
}

/** A text that fits a pattern. */
function anyOf(pattern: string): string {
  return pattern.replaceAll(/\$\{([*?$])\}|\*/g, (_, escaped: string | undefined) => escaped ?? 'x');
}
