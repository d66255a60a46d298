import { expect } from 'chai';
import { LOCAL_SDK } from '../../local/servers/local-credentials.ts';
import { type LocalServers, workerEnvironment } from '../../local/servers/servers.ts';
import { createMainTable, createStateTable, createTable } from '../../local/servers/tables.ts';
import { TypesenseLocal } from '../../local/typesense/typesense-local.ts';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { DynamoDbShardStates } from '../../src/adapters/aws/electrodb/shards/dynamodb-shard-states.ts';
import { DynamoDbTableGenerations } from '../../src/adapters/aws/electrodb/generations/dynamodb-table-generations.ts';
import { createCollection } from '../../src/adapters/typesense/collections.ts';
import { TypesenseClient } from '../../src/adapters/typesense/typesense-client.ts';
import type { Finding, Untold } from '../../src/application/doctor/finding.ts';
import { searchSchemas } from '../../src/domain/search-schemas.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { propertiesOf, resources } from '../application/doctor/well.ts';
import { AwsStandIn, type StandInRequest } from '../support/aws-stand-in.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run } from '../support/command-line.ts';
import { unique } from '../support/unique.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

interface Report {
  readonly findings: readonly Finding[];
  readonly untold: readonly Untold[];
  readonly well: readonly string[];
}

const TOPIC = 'arn:aws:sns:eu-central-1:000000000000:alarms';
const ROLE = 'arn:aws:iam::000000000000:role/';
const arnOf = (name: string) => `arn:aws:lambda:eu-central-1:000000000000:function:${name}`;

describeWithServers('contrail doctor', () => {
  let servers: LocalServers;
  let aws: AwsStandIn;
  let typesense: TypesenseLocal;
  let env: Record<string, string>;
  let stream: string;
  let queueArn: string;

  before(async () => {
    [servers, aws, typesense] = await Promise.all([
      sharedServers(),
      AwsStandIn.start(),
      TypesenseLocal.start(),
    ]);
    const client = new TypesenseClient({ url: typesense.url, apiKey: typesense.apiKey });
    for (const schema of searchSchemas(fleet.model.documents)) await createCollection(client, schema);
  });

  after(async () => {
    await Promise.all([aws.stop(), typesense.stop()]);
  });

  /** Tables, queues and the rest, as the template makes them, and settings that name them. */
  beforeEach(async () => {
    const [table, stateTable, queue] = [unique('fleet'), unique('state'), unique('search')];
    const { dynamodb } = servers.clients;
    stream = await createMainTable(dynamodb, table);
    await createStateTable(dynamodb, stateTable);
    const { RedrivePolicy: redrive, ...properties } = propertiesOf('SearchQueue');
    const letters = await servers.sqs.createFifoQueue(`${queue}-letters`, attributes('SearchDeadLetters'));
    const lettersArn = arnOfQueue(letters);
    const queueUrl = await servers.sqs.createFifoQueue(queue, {
      ...attributesOf(properties),
      RedrivePolicy: JSON.stringify({ ...(redrive as object), deadLetterTargetArn: lettersArn }),
    });
    queueArn = arnOfQueue(queueUrl);
    env = {
      ...workerEnvironment(servers),
      ...aws.environment,
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: servers.dynamodb.endpoint,
      ...{ TABLE_NAME: table, STATE_TABLE_NAME: stateTable, TYPESENSE_QUEUE_URL: queueUrl },
      ...{ TYPESENSE_URL: typesense.url, TYPESENSE_API_KEY: typesense.apiKey },
    };
    aws.answers = wellAnswer;
    aws.seen.length = 0;
  });

  /** What AWS says of the stack, in its shapes. */
  function wellAnswer({ operation, asks }: StandInRequest): object | string | undefined {
    switch (operation) {
      case 'ListEventSourceMappings':
        // Two pages, as there may be many.
        return asks['Marker'] === undefined
          ? {
              EventSourceMappings: [
                { UUID: 'x', FunctionArn: arnOf('other'), EventSourceArn: 'arn:aws:sqs:a:0:b' },
                mapping('StreamMapping', 'worker', stream),
              ],
              NextMarker: 'more',
            }
          : { EventSourceMappings: [mapping('SearchMapping', 'indexer', queueArn)] };
      case 'GetFunctionConfiguration': {
        const { Timeout } = propertiesOf(asks['name'] === 'worker' ? 'Worker' : 'Indexer');
        const { TABLE_NAME, STATE_TABLE_NAME, TYPESENSE_QUEUE_URL } = env;
        const Variables = { TABLE_NAME, STATE_TABLE_NAME, TYPESENSE_QUEUE_URL, TYPESENSE_API_KEY: 'secret' };
        return {
          ...{ FunctionName: asks['name'], Role: `${ROLE}${asks['name']}`, Timeout, State: 'Active' },
          ...{ LastUpdateStatus: 'Successful', Environment: { Variables } },
        };
      }
      case 'GetFunctionConcurrency':
        return {};
      case 'GetAccountSettings':
        return { AccountLimit: { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 900 } };
      case 'DescribeAlarms':
        return { MetricAlarms: alarms() };
      case 'GetTopicAttributes':
        return `<Attributes><entry><key>SubscriptionsConfirmed</key><value>1</value></entry><entry><key>SubscriptionsPending</key><value>0</value></entry></Attributes>`;
      case 'SimulatePrincipalPolicy':
        return simulated(asks, () => true);
      default:
        return undefined;
    }
  }

  /** DynamoDB Local has no recovery, and so says nothing of it. */
  const LOCALLY_UNTOLD = ['state-restorable'];

  /** What it reports, but for what cannot be told here. */
  async function doctor(...args: string[]): Promise<Report & { readonly status: number | null }> {
    const { out, err, status } = await run([...BUNDLED_CONTRAIL, 'doctor', '--report', 'json', ...args], '', {
      env,
    });
    expect(out, err).to.match(/^\{/);
    const report = JSON.parse(out) as Report;
    return {
      ...report,
      untold: report.untold.filter(({ check }) => !LOCALLY_UNTOLD.includes(check)),
      status,
    };
  }

  it('given a deployment as the template makes it, then nothing is wrong', async () => {
    const { findings, untold, status } = await doctor('--stream-arn', stream);
    expect({ findings, untold }).to.deep.equal({ findings: [], untold: [] });
    // There was one check that could not be made.
    expect(status).to.equal(2);
    const simulations = aws.seen.filter(({ operation }) => operation === 'SimulatePrincipalPolicy');
    expect(simulations.map(({ asks }) => asks['PolicySourceArn'])).to.include.members([
      `${ROLE}worker`,
      `${ROLE}indexer`,
    ]);
  });

  it('given the worker’s function alone, then settings are its own, and no secret of it is told', async () => {
    const deployed = env;
    aws.answers = (request) => {
      const now = env;
      env = deployed;
      try {
        return wellAnswer(request);
      } finally {
        env = now;
      }
    };
    env = without(env, 'BACKEND', 'TABLE_NAME', 'STATE_TABLE_NAME', 'TYPESENSE_QUEUE_URL');
    const { out } = await run([...BUNDLED_CONTRAIL, 'doctor', '--function', 'worker'], '', { env });
    expect(out).to.match(/checks well, 0 errors, 0 warnings/);
    expect(out).not.to.match(/secret/);
  });

  it('given much that is wrong, then each finding is told, and the exit status is 1', async () => {
    const [plain, deaf] = [unique('plain'), 'another'];
    await createTable(servers.clients.dynamodb, plain);
    env = { ...env, STATE_TABLE_NAME: plain };
    const documents = documentClientOf(servers.clients.dynamodb);
    const states = { stateTable: plain };
    await new DynamoDbTableGenerations(documents, states).generationOf('arn:of-another');
    await new DynamoDbShardStates(documents, states).noteGaps(stream, [
      { shard: 's', reason: 'trimmed', after: '1', at: 1 },
    ]);
    aws.answers = (request) => {
      switch (request.operation) {
        case 'ListEventSourceMappings':
          return {
            EventSourceMappings: [
              { ...mapping('StreamMapping', 'worker', stream), State: 'Disabled', DestinationConfig: {} },
              mapping('SearchMapping', 'indexer', queueArn),
              ...[deaf, 'third'].map((name) => ({ ...mapping('StreamMapping', name, stream), UUID: name })),
            ],
          };
        case 'GetTopicAttributes':
          return '<Attributes></Attributes>';
        case 'SimulatePrincipalPolicy':
          return simulated(request.asks, (action) => action !== 'dynamodb:PutItem');
        default:
          return wellAnswer(request);
      }
    };
    const { findings, status } = await doctor('--function', 'worker');
    const told = new Set(findings.map(({ check }) => check));
    expect([...told]).to.have.members([
      ...['mapping', 'delivery', 'state-expiry', 'followed', 'gaps', 'alarms', 'permissions'],
    ]);
    expect(status).to.equal(1);
  });

  it('given what is not there, or may not be asked, then each check says why, and nothing else is called wrong', async () => {
    aws.answers = () => undefined;
    env = without(env, 'TYPESENSE_QUEUE_URL', 'STATE_TABLE_NAME', 'TYPESENSE_URL');
    const { findings, untold, well, status } = await doctor();
    expect(findings).to.deep.equal([]);
    expect(well).to.include.members(['settings', 'table', 'keys', 'stream', 'aws-clock']);
    const why = new Map(untold.map((one) => [one.check, one.why]));
    expect(why.get('state-table')).to.equal('STATE_TABLE_NAME is not set');
    expect(why.get('mapping')).to.match(/event source mappings of Lambda: access denied/);
    expect(why.get('search-index')).to.match(/TYPESENSE_URL nor SEARCH_FOLDER is set/);
    expect(status).to.equal(2);
  });

  it('given names of what is not there, then that is wrong', async () => {
    env = {
      ...env,
      ...{ TABLE_NAME: unique('none'), STATE_TABLE_NAME: unique('none'), TYPESENSE_API_KEY: 'wrong' },
      TYPESENSE_QUEUE_URL: (env['TYPESENSE_QUEUE_URL'] ?? '').replace(/[^/]+$/, 'none.fifo'),
    };
    const { findings, status } = await doctor();
    const wrong = findings.map(({ check }) => check);
    expect(wrong).to.include.members(['table', 'state-table', 'search-queue', 'search-index']);
    expect(status).to.equal(1);
  });

  it('given processes that read the stream, then those are seen that renew their leases', async () => {
    const { dynamodb } = servers.clients;
    const stateTable = env['STATE_TABLE_NAME'] ?? '';
    const states = new DynamoDbShardStates(documentClientOf(dynamodb), { stateTable });
    await states.add(stream, [
      { id: 'dead', parent: undefined, start: 'horizon' },
      { id: 'live', parent: undefined, start: 'horizon' },
    ]);
    const claim = (shard: string) => ({ shard, epoch: 0, failoverMs: 1_000 });
    await states.claim(stream, [claim('dead')], 'killed');
    await states.claim(stream, [claim('live')], 'alive');
    const renewing = setInterval(() => {
      states.renew(stream, [{ shard: 'live', epoch: 1 }], 'alive').catch(() => undefined);
    }, 50);
    try {
      const { findings, untold } = await doctor('--consume');
      expect(untold).to.deep.equal([]);
      expect(findings.map(({ check }) => check)).to.deep.equal([]);
      const beside = await doctor();
      expect(beside.findings.map(({ check, severity }) => [check, severity])).to.deep.equal([
        ['readers', 'warning'],
      ]);
    } finally {
      clearInterval(renewing);
    }
  });

  it('given an answer that does not come, then that is not waited for', async () => {
    aws.answers = (request) =>
      request.operation === 'ListEventSourceMappings' ? new Promise(() => undefined) : wellAnswer(request);
    const { untold, findings } = await doctor('--timeout', '2');
    expect(findings).to.deep.equal([]);
    const why = new Map(untold.map((one) => [one.check, one.why]));
    for (const check of ['mapping', 'filters', 'readers'])
      expect(why.get(check), check).to.match(/^no answer within 2 s/);
  });

  function mapping(resource: string, name: string, source: string): object {
    return {
      ...propertiesOf(resource),
      ...{ MaximumRecordAgeInSeconds: 79_200, UUID: resource, FunctionArn: arnOf(name) },
      ...{ EventSourceArn: source, State: 'Enabled', LastProcessingResult: 'OK' },
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::discarded' } },
    };
  }

  /** The stack's alarms, by what CloudFormation puts in the place of its names. */
  function alarms(): readonly object[] {
    const nameOf = (arn: string) => arn.split(':').at(-1) ?? '';
    const text = JSON.stringify(
      Object.entries(resources)
        .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
        .map(([AlarmName, { Properties }]) => ({
          ...Properties,
          ...{ AlarmName, StateValue: 'OK', ActionsEnabled: true },
        })),
    )
      .replaceAll('<Worker>', 'worker')
      .replaceAll('<Indexer>', 'indexer')
      .replaceAll('<AlarmTopic>', TOPIC)
      .replaceAll('<SearchQueue.QueueName>', nameOf(queueArn));
    return JSON.parse(text) as readonly object[];
  }
});

/** Of every action that is asked about, as IAM answers. */
function simulated(asks: StandInRequest['asks'], isAllowed: (action: string) => boolean): string {
  const actions = Object.entries(asks).flatMap(([name, value]) =>
    name.startsWith('ActionNames.member.') ? [value] : [],
  );
  const results = actions.map(
    (action) =>
      `<member><EvalActionName>${action}</EvalActionName><EvalDecision>${isAllowed(action) ? 'allowed' : 'implicitDeny'}</EvalDecision></member>`,
  );
  return `<EvaluationResults>${results.join('')}</EvaluationResults><IsTruncated>false</IsTruncated>`;
}

function arnOfQueue(url: string): string {
  const [account, name] = new URL(url).pathname.split('/').slice(-2);
  return `arn:aws:sqs:${LOCAL_SDK.region}:${account}:${name}`;
}

function attributes(resource: string): Record<string, string> {
  return attributesOf(propertiesOf(resource));
}

/** A queue's properties as SQS has them, under the same names. */
function attributesOf(properties: Readonly<Record<string, unknown>>): Record<string, string> {
  const own = without(properties, 'SqsManagedSseEnabled');
  return Object.fromEntries(Object.entries(own).map(([name, value]) => [name, String(value)]));
}

function without<T>(all: Readonly<Record<string, T>>, ...names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));
}
