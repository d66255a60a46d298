import { Command } from 'commander';
import type { GivenResources } from '../../deployment/arn-reader.ts';
import { consumePolicyOf } from '../../deployment/consume-policy.ts';
import { indexerPolicyOf } from '../../deployment/indexer-policy.ts';
import { indexerResources } from '../../deployment/indexer-resources.ts';
import { type PolicyDocument, policyOf } from '../../deployment/policy.ts';
import { verifierPolicyOf } from '../../deployment/verifier-policy.ts';
import { verifierResources } from '../../deployment/verifier-resources.ts';
import { consumeResources, workerResources } from '../../deployment/worker-resources.ts';
import { Fault } from '../../../domain/fault.ts';
import type { TableModel } from '../../../domain/table-model.ts';
import { askedDefinition } from '../asked-definition.ts';
import { DEFINITION_HELP, definitionOption } from '../definition-option.ts';

interface PolicyOptions extends GivenResources {
  readonly definition?: string;
  readonly indexer: boolean;
  readonly consume: boolean;
  readonly verify: boolean;
}

export const policyCommand = new Command('policy')
  .summary("print the IAM policy of a definition's worker, indexer, reader or verification")
  .description(
    `Prints the IAM policy that the function's role needs for what the definition derives,
and no more: to read the stream, to read and write derived rows (in their own
partitions only), to keep state, and to send to the queues. With --indexer it is
that of the role of the indexer: to receive search actions, to read the rows that
documents are of, and to keep its fences. With --consume it is that of contrail
consume: what the worker needs, and to keep how far it has read the stream. With
--verify it is that of contrail verify, which reads all and writes nothing.`,
  )
  .addOption(definitionOption())
  .option('--indexer', "print the indexer's policy", false)
  .option('--consume', 'print the policy of contrail consume', false)
  .option('--verify', 'print the policy of contrail verify', false)
  .option('--stream <arn>', "the table's stream (LatestStreamArn)")
  .option('--table <arn>', 'the table; known by its stream, unless that is a placeholder')
  .option('--state-table <arn>', "the worker's state table")
  .option('--search-queue <arn>', 'the queue for search actions; for a definition with documents')
  .option('--key-secret <arn>', 'with --indexer or --verify: the secret with its key')
  .option('--quarantine-queue <arn>', 'the queue for poison, where it is to be quarantined')
  .option('--park', 'items are parked (POISON=park)')
  .option(
    '--rows-in <arns...>',
    'tables that rows are derived into, each ARN or ARN=PATTERN; for a definition with rows',
  )
  .addHelpText(
    'after',
    `
${DEFINITION_HELP}

Each ARN may be a placeholder, \${name}, that Fn::Sub of CloudFormation or
templatefile of Terraform replaces. Nothing is guessed: what is missing is an
error that names the option.

An indexer needs --table (or --stream), --state-table and --search-queue, on
Lambda and as a process. One whose key is in no secret needs no --key-secret; a
secret with a KMS key of your own asks for kms:Decrypt beside it.

With --consume, give --table alone where it reads the table's stream, whichever
that is (contrail consume --table), and --stream where it reads only that one.

With --verify, --rows-in needs to name no more than other tables. To repair
takes what the worker may do besides.

Writing the function's log and storing records that Lambda gave up (at a
destination of the mapping) are not in it: the role needs
AWSLambdaBasicExecutionRole, or the like, beside it.

Where rows are derived into, only the definition's functions know: name each
table, and what the partition keys look like there, so that the worker may write
no others. What the code of effects asks for must be allowed beside this.

When a definition moves its counts to other keys, the worker still takes rows
off the old ones: leave the old policy in place beside the new one until every
row has been changed, or counted anew.

The JSON is a policy document: for PolicyDocument.fromJson of CDK, as
file("policy.json") in Terraform, as PolicyDocument in CloudFormation.

The exit status is 0 when all is done, and 2 for wrong usage or a bad
definition.

Example:
  contrail policy --stream "$STREAM_ARN" --state-table "$STATE_ARN" \\
    --search-queue "$QUEUE_ARN" --rows-in "$TABLE_ARN=AUDIT#*" > policy.json`,
  )
  .action(async ({ definition: file, indexer, consume, verify, ...given }: PolicyOptions) => {
    const asked = Object.entries({ indexer, consume, verify }).flatMap(([name, is]) => (is ? [name] : []));
    if (asked.length > 1)
      throw new Fault(
        'configuration',
        `both --${asked.slice(0, 2).join(' and --')} are given; ask for one after the other`,
      );
    const { model } = (await askedDefinition(file)).definition;
    const policy = POLICIES[(asked[0] ?? 'worker') as keyof typeof POLICIES](model, given);
    process.stdout.write(`${JSON.stringify(policy, undefined, 2)}\n`);
  });

/** By whom it is for. */
const POLICIES = {
  worker: (model, given) => policyOf(model, workerResources(model, given)),
  indexer: (model, given) => indexerPolicyOf(model, indexerResources(model, given)),
  consume: (model, given) => consumePolicyOf(model, consumeResources(model, given)),
  verify: (model, given) => verifierPolicyOf(model, verifierResources(model, given)),
} satisfies Record<string, (model: TableModel, given: GivenResources) => PolicyDocument>;
