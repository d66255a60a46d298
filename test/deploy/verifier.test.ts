import { expect } from 'chai';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { readFileSync } from 'node:fs';
import { definitionTemplate } from '../../deploy/definition-template.ts';
import { releaseTemplate } from '../../deploy/release/release-template.ts';
import { TypesenseLocal } from '../../local/typesense/typesense-local.ts';
import { createCollection } from '../../src/adapters/typesense/collections.ts';
import { TypesenseClient } from '../../src/adapters/typesense/typesense-client.ts';
import { METRICS } from '../../src/application/ports/metrics.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { row } from '../../src/domain/definition/row.ts';
import { searchSchemas } from '../../src/domain/search-schemas.ts';
import { filtersOf } from '../../src/entrypoints/deployment/filters.ts';
import { verifierPolicyOf } from '../../src/entrypoints/deployment/verifier-policy.ts';
import { environmentVerifier } from '../../src/entrypoints/lambda/environment-verifier.ts';
import { readVerifierConfig } from '../../src/entrypoints/verifier-config.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { describeWithServers, sharedServers } from '../integration/shared-servers.ts';
import { entity } from '../support/factories.ts';
import { shop } from '../support/shop.ts';
import { faaRow, imageRow, linkRow, SourceTable } from '../support/stream-records.ts';
import { type Permission, permissionsOf } from './support/permissions.ts';
import { covers, type Grant, grantsOf } from './support/policy.ts';
import { RecordedWorker } from './support/recorded-worker.ts';
import { resolve } from './support/resolve.ts';
import {
  type Part,
  parseTemplate,
  type Parts,
  readTemplate,
  TEMPLATE_FILE,
  textOf,
} from './support/template.ts';

const TEXT = readFileSync(TEMPLATE_FILE, 'utf8');
const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:search-AbCdEf';
const VERIFIER = {
  NewTableName: 'fleet',
  TypesenseUrl: 'https://search.example.com:8108',
  TypesenseKeySecretArn: SECRET,
  VerifySchedule: 'rate(1 day)',
};
const OWN = ['Verifier', 'VerifierRole', 'VerifierLogs', 'VerifierSchedule', 'VerifierPermission'];
const ALARMS = ['DriftAlarm', 'VerificationAlarm'];

type Resources = ReturnType<typeof resolve>['resources'];

function grantsIn(resources: Resources, name: string): readonly Grant[] {
  const policies = resources['VerifierRole']!.Properties['Policies'] as readonly Parts[];
  return grantsOf(policies.find(({ PolicyName }) => PolicyName === name)?.['PolicyDocument']);
}

const wordsOf = ({ action, resource, leadingKeys = 'all' }: Grant) => `${action} ${resource} ${leadingKeys}`;

describe('the verifier of the template', () => {
  const template = readTemplate();
  const { resources } = resolve(template, VERIFIER);

  it('given no schedule, then there is neither a function nor an alarm', () => {
    const without = resolve(template, { NewTableName: 'fleet' }).resources;
    expect(Object.keys(without)).to.not.include.members([...OWN, ...ALARMS, 'OpenGapsAlarm']);
    expect(JSON.stringify(without)).not.to.include('Verif');
    expect(Object.keys(resources)).to.include.members([...OWN, ...ALARMS]);
  });

  it('given documents and no search server, then it does not resolve', () => {
    expect(() => resolve(template, { NewTableName: 'fleet', VerifySchedule: 'rate(1 day)' })).to.throw(
      'with VerifySchedule, give TypesenseUrl as well',
    );
    for (const VerifySchedule of ['daily', 'rate(1 day', '1 day'])
      expect(() => resolve(template, { ...VERIFIER, VerifySchedule }), VerifySchedule).to.throw();
    expect(() => resolve(template, { ...VERIFIER, VerifySchedule: 'cron(0 3 * * ? *)' })).not.to.throw();
  });

  it('given its schedule, then that alone may call it, and what fails is not tried again', () => {
    expect(resources['VerifierSchedule']!.Properties).to.deep.include({
      ScheduleExpression: 'rate(1 day)',
      Targets: [{ Id: 'verifier', Arn: '<Verifier.Arn>' }],
    });
    expect(resources['VerifierPermission']!.Properties).to.deep.include({
      FunctionName: '<Verifier>',
      Principal: 'events.amazonaws.com',
      SourceArn: '<VerifierSchedule.Arn>',
    });
    expect(resources['Verifier']!.Properties).to.deep.include({
      EventInvokeConfig: { MaximumRetryAttempts: 0 },
      Timeout: 900,
    });
  });

  it('has settings that it starts with', () => {
    const { Variables } = resources['Verifier']!.Properties['Environment'] as Record<string, Parts>;
    const environment = { ...(Variables as Record<string, string>) };
    for (const name of ['TYPESENSE_QUEUE_URL', 'STATE_TABLE_NAME', 'TABLE_NAME'])
      environment[name] = name.endsWith('URL')
        ? 'https://sqs.eu-central-1.amazonaws.com/1/s.fifo'
        : `the-${name}`;
    expect(readVerifierConfig(environment, fleet.model)).to.deep.include({ settleMs: 60_000 });
  });

  it('given another definition, then its role and its code are for that; given none with documents, then it knows of no index', () => {
    const made = (model: typeof fleet.model, values: Parameters<typeof resolve>[1]) =>
      resolve(
        parseTemplate(definitionTemplate(TEXT, model, filtersOf(model).filters, 'contrail.zip')),
        values,
      ).resources;
    const ofShop = made(shop.model, VERIFIER);
    const printed = verifierPolicyOf(shop.model, {
      table: '<SourceTable.Arn>',
      stateTable: '<StateTable.Arn>',
      searchQueue: '<SearchQueue.Arn>',
      keySecret: SECRET,
    });
    expect(grantsIn(ofShop, 'verifier').map(wordsOf)).to.have.members(
      grantsOf(printed as unknown as Part).map(wordsOf),
    );
    expect(ofShop['Verifier']!.Properties).to.include({
      Handler: 'verifier.handler',
      CodeUri: 'contrail.zip',
    });
    const order = row({ PK: 'ORDER#<id>', SK: 'DATA' });
    const { model } = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: { order },
      derive: { states: counts(order, { by: ['state'], at: { PK: 'STATE#<state>', SK: 'ORDERS' } }) },
    });
    const plain = made(model, { NewTableName: 'ledger', VerifySchedule: 'rate(1 day)' });
    expect(Object.keys(plain)).to.include.members([...OWN, ...ALARMS]);
    expect(JSON.stringify(plain['VerifierRole'])).not.to.match(/sqs|secretsmanager|Search/);
  });

  it('given a release, then it has its code', () => {
    const made = parseTemplate(releaseTemplate(TEXT, 'contrail-1.zip')).Resources;
    expect(made['Verifier']?.Properties?.['CodeUri']).to.deep.equal(made['Worker']?.Properties?.['CodeUri']);
    expect(made['Verifier']?.Properties?.['Handler']).to.equal('verifier.handler');
  });

  it('given who verifies or reads elsewhere, then the alarms watch what that publishes', () => {
    const elsewhere = resolve(template, {
      NewTableName: 'fleet',
      VerifyService: 'proof',
      ReaderService: 'reader',
    }).resources;
    const watched = (name: string, from: Resources = elsewhere) => {
      const { MetricName, Dimensions } = from[name]!.Properties;
      return `${textOf(MetricName)} of ${textOf((Dimensions as readonly Parts[])[0]!['Value'])}`;
    };
    expect([...ALARMS, 'OpenGapsAlarm'].map((name) => watched(name))).to.deep.equal([
      'Drift of proof',
      'Verifications of proof',
      'OpenGaps of reader',
    ]);
    expect(ALARMS.map((name) => watched(name, resources))).to.deep.equal([
      'Drift of <Verifier>',
      'Verifications of <Verifier>',
    ]);
    expect(METRICS).to.include.keys('Drift', 'Verifications', 'OpenGaps');
    expect(Object.keys(elsewhere)).not.to.include.members(OWN);
  });

  it('given no verification for as long as is allowed, then the alarm is on, and CloudWatch looks back that far', () => {
    const { MaxValue = 0, MinValue = 0 } = template.Parameters['VerifyAlarmHours']!;
    expect(MinValue).to.equal(1);
    const { Period, EvaluationPeriods, DatapointsToAlarm, TreatMissingData, ComparisonOperator } = resolve(
      template,
      {
        ...VERIFIER,
        VerifyAlarmHours: 30,
      },
    ).resources['VerificationAlarm']!.Properties;
    expect([EvaluationPeriods, DatapointsToAlarm, TreatMissingData, ComparisonOperator]).to.deep.equal([
      ...[30, 30, 'breaching', 'LessThanThreshold'],
    ]);
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html: seven days, where a period is an hour.
    expect(Number(Period)).to.equal(3_600);
    expect(Number(Period) * MaxValue).to.be.at.most(604_800);
  });
});

describeWithServers('the verifier on Lambda', () => {
  let worker: RecordedWorker;
  let engine: TypesenseLocal;
  let verifies: ReturnType<typeof environmentVerifier>;
  let handled: ReadonlySet<unknown>;
  let images: string;
  const printed: string[] = [];
  const write = process.stdout.write.bind(process.stdout);

  /** What the function answers, and what it has printed. */
  async function run(context?: Parameters<typeof verifies>[1]) {
    printed.length = 0;
    process.stdout.write = ((chunk: string) => printed.push(chunk)) as never;
    try {
      const answer = await verifies({ 'detail-type': 'Scheduled Event' }, context);
      return { answer, lines: linesOf() };
    } finally {
      process.stdout.write = write;
    }
  }

  const linesOf = () =>
    printed
      .join('')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

  before(async function () {
    this.timeout(60_000);
    worker = await RecordedWorker.start(await sharedServers());
    const table = new SourceTable();
    const image = imageRow(entity(), '01A');
    images = image.PK;
    await worker.handle([
      ...['1', '2', '3'].map((serial) => table.put(linkRow('1', serial, ['CESSNA', '172S', 'C172']))),
      table.put(image),
      table.put(faaRow('N1')),
    ]);
    engine = await TypesenseLocal.start({ apiKey: 'key' });
    const client = new TypesenseClient({ url: engine.url, apiKey: 'key' });
    for (const schema of searchSchemas(fleet.model.documents)) await createCollection(client, schema);
    handled = new Set(worker.calls);
    verifies = environmentVerifier(fleet, {
      environment: {
        TABLE_NAME: worker.table,
        STATE_TABLE_NAME: worker.stateTable,
        TYPESENSE_QUEUE_URL: worker.queueUrl,
        TYPESENSE_URL: engine.url,
        TYPESENSE_API_KEY: 'key',
        VERIFY_SETTLE_SECONDS: '0',
        AWS_LAMBDA_FUNCTION_NAME: 'verifier',
        LOG_LEVEL: 'info',
      },
    });
  });

  after(async () => {
    await (engine as TypesenseLocal | undefined)?.stop();
    await (worker as RecordedWorker | undefined)?.stop();
  });

  it('given what is right, and documents under way, then says so, and publishes a verification', async () => {
    const { answer, lines } = await run();
    expect(answer).to.deep.include({ drift: 0, refused: 0 });
    expect(answer.rows, 'derived rows too').to.equal(7);
    // The queue is not empty, as nobody indexes.
    expect(answer.undecided).to.equal(2);
    const metrics = lines.find((line) => '_aws' in line);
    expect(metrics).to.include({ service: 'verifier', Drift: 0, Undecided: 2, Verifications: 1 });
  });

  it('given drift, then names it in the log, and publishes it', async () => {
    const dynamodb = (await sharedServers()).clients.dynamodb;
    for (const key of [
      { PK: 'ICAO#MATCHER#MFR#CESSNA', SK: 'MODEL#172S#TYPE#C172' },
      { PK: images, SK: 'DEFAULT' },
    ])
      await dynamodb.send(new DeleteItemCommand({ TableName: worker.table, Key: marshall(key) }));
    const { answer, lines } = await run();
    expect(answer.drift).to.equal(2);
    expect(lines.find(({ message }) => message === 'drift')).to.include({ level: 'error', kind: 'missing' });
    expect(lines.find((line) => '_aws' in line)).to.include({ Drift: 2, Verifications: 1 });
  });

  it('given too little time, then it fails, and publishes no verification', async () => {
    const context = { getRemainingTimeInMillis: () => 1_001 };
    const failed = await run(context).catch((error: unknown) => error as Error);
    expect(failed).to.be.instanceOf(Error);
    expect((failed as Error).message).to.match(/^the function's time ran out after \d+ rows/);
    expect(linesOf().filter((line) => '_aws' in line)).to.deep.equal([]);
  });

  it('given all that it asks for, then its role allows just that', () => {
    const permissions = worker.calls.filter((call) => !handled.has(call)).flatMap(permissionsOf);
    const arns = new Map([
      [worker.table, '<SourceTable.Arn>'],
      [worker.stateTable, '<StateTable.Arn>'],
    ]);
    const grants = grantsIn(resolve(readTemplate(), VERIFIER).resources, 'verifier').filter(
      ({ action }) => !action.startsWith('secretsmanager:'),
    );
    const allows = (grant: Grant, needed: Permission) => covers(grant, needed, arns.get(needed.on) ?? '');
    expect(
      permissions.filter((needed) => !grants.some((grant) => allows(grant, needed))).slice(0, 3),
    ).to.deep.equal([]);
    const unused = grants.filter((grant) => !permissions.some((needed) => allows(grant, needed)));
    // The SDK asks the host of the queue's URL, past who records. That documents were undecided shows that it did.
    expect(unused.map(wordsOf)).to.deep.equal(['sqs:GetQueueAttributes <SearchQueue.Arn> all']);
    expect(grants.length).to.equal(6);
  });
});
