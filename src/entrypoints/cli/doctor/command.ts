import { Command, Option } from 'commander';
import { DEFINITION_HELP, definitionOption } from '../definition-option.ts';
import { integer } from '../options.ts';
import { streamArn } from '../replay/streams.ts';
import type { DoctorCommandOptions } from './run-doctor.ts';

export const doctorCommand = new Command('doctor')
  .summary('look for what is wrong with a deployment, and say what to do')
  .description(
    `Compares tables, stream, functions, queues, search engine and alarms with what the
definition needs, before the first deployment and at any time after it. Reads
only. What is wrong is said with what to do.`,
  )
  .addOption(definitionOption())
  .option('--table <name>', 'the table, by its name or ARN; TABLE_NAME unless given')
  .option('--stream-arn <arn>', 'its stream, where one is named in your deployment', streamArn)
  .option('--function <name>', "the worker's function; settings not made here are its own")
  .option('--consume', 'contrail consume reads the stream, and no function', false)
  .option('--index', 'contrail index fills the search index, and no function', false)
  .option('--rows-in <tables...>', 'tables that rows are derived into, by their names or ARNs')
  .addOption(
    new Option('--backend <name>', 'where state is kept; BACKEND unless given').choices(['aws', 'postgres']),
  )
  .option('--folder <folder>', 'documents are in the embedded engine, in this folder')
  .option('--timeout <seconds>', 'how long to wait for all answers, 1 to 300', integer(1, 300), 30)
  .addOption(new Option('--report <form>', 'how to report').choices(['text', 'json']).default('text'))
  .addHelpText(
    'after',
    `
${DEFINITION_HELP}

docs/doctor.md lists all checks. One that cannot be made (no permission, a part
that is not deployed, no answer in time) says why, in one line; all others are
made. An error is wrong, or will be; a warning is a safety net that is missing,
and leaves the exit status alone.

It asks with the credentials of whoever calls it, and needs to read only:
DescribeTable, DescribeStream, GetQueueAttributes, GetFunctionConfiguration and
the like. AWS's ReadOnlyAccess has all of them. Lambda, alarms, subscribers and
roles are looked at where these packages are installed:
  npm install @aws-sdk/client-lambda @aws-sdk/client-cloudwatch \\
    @aws-sdk/client-sns @aws-sdk/client-iam

The exit status is 0 when all is well, 1 when something is wrong, and 2 when
nothing is, as far as could be told, and not all could be; for wrong usage too.

Environment: that of the worker (BACKEND, TABLE_NAME, STATE_TABLE_NAME,
TYPESENSE_QUEUE_URL, DATABASE_URL and so on) and of the indexer (TYPESENSE_URL
and its key, or SEARCH_FOLDER), as far as it is set; AWS_REGION, credentials.

Examples:
  contrail doctor --table orders
  contrail doctor --function contrail-Worker-1A2B3C --report json
  contrail doctor --consume --index`,
  )
  .action(async (options: DoctorCommandOptions) => {
    const { runDoctor } = await import('./run-doctor.ts');
    await runDoctor(options);
  });
