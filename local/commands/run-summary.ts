import { driftBySubsystem, isTrue, type RealPathResult } from '../proof/end-to-end.ts';
import type { LocalServers } from '../servers/servers.ts';
import { LOCAL_SDK } from '../servers/local-credentials.ts';

/** How many of the drifted items are named. */
const NAMED = 20;

/** What happened on the real path, for people to read. */
export function summaryText(result: RealPathResult): string {
  const { delivery, seconds, verification, requests } = result;
  const { checked } = verification;
  const drift = driftBySubsystem(result);
  const lines = [
    `table writes      ${result.writes} in ${seconds['writing the fleet'].toFixed(1)} s`,
    `stream records    ${result.streamRecords}, of them ${result.workerRecords} caused by the worker; shards: ${result.shards}`,
    `invocations       ${delivery.invocations} in ${seconds['handling the stream'].toFixed(1)} s, of them ${delivery.redeliveries} redeliveries; ${delivery.errors} threw`,
    `given up          ${result.givenUp} records`,
    `search actions    ${result.searchActions}`,
    '',
    'requests of the worker            all   per 1,000 records',
    ...(requests.length === 0
      ? ['  none']
      : requests.map((request) => requestLine(request, result.streamRecords))),
    '',
    'drift',
    `  search          ${drift.search} of ${checked.search} documents`,
    `  default images  ${drift.defaultImages} of ${checked.defaultImages} rows`,
    `  matcher         ${drift.matcher} of ${checked.matcher} counts`,
    ...verification.drift
      .slice(0, NAMED)
      .map(({ subsystem, problem, what }) => `    ${problem} in ${subsystem}: ${what}`),
    ...(verification.drift.length > NAMED ? [`    and ${verification.drift.length - NAMED} more`] : []),
    ...(result.lastError === undefined
      ? []
      : ['', `the last invocation that threw: ${text(result.lastError)}`]),
    '',
    isTrue(result) ? 'everything derived is true' : 'NOT everything derived is true',
  ];
  return `${lines.join('\n')}\n`;
}

/** How to reach servers that are left up. */
export function reachText({ dynamodb, sqs, table, stateTable, streamArn, queueUrl }: LocalServers): string {
  const { region, credentials } = LOCAL_SDK;
  const dynamodbCli = `aws dynamodb --endpoint-url ${dynamodb.endpoint} --region ${region}`;
  const streamsCli = `aws dynamodbstreams --endpoint-url ${dynamodb.endpoint} --region ${region}`;
  const sqsCli = `aws sqs --endpoint-url ${sqs.endpoint} --region ${region}`;
  return `
The servers stay up until Ctrl-C.

  DynamoDB    ${dynamodb.endpoint}   tables ${table}, ${stateTable}
  stream      ${streamArn}
  SQS         ${sqs.endpoint}
  queue       ${queueUrl}

  export AWS_ACCESS_KEY_ID=${credentials.accessKeyId} AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}
  ${dynamodbCli} scan --table-name ${table} --max-items 5
  ${dynamodbCli} query --table-name ${table} --key-condition-expression 'PK = :pk' \\
      --expression-attribute-values '{":pk":{"S":"FAA#LINKS"}}' --max-items 5
  ${streamsCli} describe-stream --stream-arn ${streamArn}
  ${sqsCli} get-queue-attributes --queue-url ${queueUrl} --attribute-names All

`;
}

function requestLine([operation, count]: readonly [string, number], records: number): string {
  const perThousand = records === 0 ? 0 : (count * 1000) / records;
  return `  ${operation.padEnd(30)}${String(count).padStart(5)}   ${perThousand.toFixed(1).padStart(7)}`;
}

function text(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
