import { type Subsystem, subsystemOf } from '../../src/application/verify/verify.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { isExact, type EndToEndResult } from '../proof/end-to-end.ts';
import type { Delivery } from '../proof/delivery.ts';
import type { SearchServer } from '../proof/local-indexer.ts';
import type { LocalServers } from '../servers/servers.ts';
import { LOCAL_SDK } from '../servers/local-credentials.ts';

/** How many drifted items are named. */
const NAMED = 20;

/** What happened, for people to read. */
export function summaryText(result: EndToEndResult, search: SearchServer): string {
  const { delivery, seconds, verification } = result;
  const { records, shards, givenUp, requests, lastError } = delivery;
  const { checked } = verification;
  const documents = result.index ?? {
    checked: checked.search,
    drift: verification.drift.filter((one) => subsystemOf(one, fleet) === 'search'),
  };
  const drift =
    result.index === undefined ? verification.drift : [...result.index.drift, ...verification.drift];
  const drifted = (subsystem: Subsystem) =>
    verification.drift.filter((one) => subsystemOf(one, fleet) === subsystem).length;
  const lines = [
    `table writes      ${result.writes} in ${seconds['writing the fleet'].toFixed(1)} s`,
    `stream records    ${records}, ${result.workerRecords} of them caused by the worker; shards: ${shards}`,
    handlingText(delivery, seconds['handling the stream']),
    `given up          ${givenUp} records`,
    `search actions    ${result.searchActions}${result.index === undefined ? '' : `, indexed in ${seconds['draining the queue'].toFixed(1)} s into ${serverText(search)}`}`,
    '',
    'requests of the worker          total   per 1,000 records',
    ...(requests.length === 0 ? ['  none'] : requests.map((request) => requestLine(request, records))),
    '',
    'drift',
    `  search          ${documents.drift.length} of ${documents.checked} documents`,
    `  default images  ${drifted('defaultImages')} of ${checked.defaultImages} rows`,
    `  matcher         ${drifted('matcher')} of ${checked.matcher} counts`,
    ...drift
      .slice(0, NAMED)
      .map(({ derivation, problem, what }) => `    ${problem} in ${derivation}: ${what}`),
    ...(drift.length > NAMED ? [`    and ${drift.length - NAMED} more`] : []),
    ...(lastError === undefined ? [] : ['', `the last error: ${text(lastError)}`]),
    '',
    isExact(result) ? 'no drift: everything derived matches the table' : 'drift found, or records given up',
  ];
  return `${lines.join('\n')}\n`;
}

function handlingText({ invocations, backfill }: Delivery, seconds: number): string {
  const taken = `in ${seconds.toFixed(1)} s`;
  if (backfill !== undefined)
    return [
      `filled            ${backfill.rows} rows in ${backfill.seconds.toFixed(1)} s, by contrail backfill`,
      `meanwhile         ${backfill.live} writes more; all handled ${taken}, by contrail consume`,
    ].join('\n');
  return invocations === undefined
    ? `handled           ${taken}, by contrail consume`
    : `invocations       ${invocations.invocations} ${taken}, ${invocations.redeliveries} of them redeliveries; ${invocations.errors} threw`;
}

function serverText({ isReal, url }: SearchServer): string {
  return isReal ? `the search server at ${url}` : 'a stand-in of Typesense';
}

/** How to reach servers that stay up. */
export function reachText(
  { dynamodb, sqs, table, stateTable, streamArn, queueUrl }: LocalServers,
  { url, apiKey, isReal }: SearchServer,
): string {
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
  search      ${url}   key ${isReal ? 'as in TYPESENSE_API_KEY' : apiKey}

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
