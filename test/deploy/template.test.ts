import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { MAX_FILTERS, MAX_PATTERN_LENGTH } from '../../src/entrypoints/deployment/filters.ts';
import { METRICS } from '../../src/application/ports/metrics.ts';
import { readConfig } from '../../src/entrypoints/config.ts';
import { evaluate, type Series } from './support/metric-math.ts';
import { circleIn, referencesIn, unresolvedIn } from './support/references.ts';
import { resolve, type Resolved, type Values } from './support/resolve.ts';
import {
  hasAttribute,
  hasMetric,
  loadSpecification,
  type Specification,
  unknownIn,
} from './support/schema.ts';
import {
  isParts,
  parseTemplate,
  type Part,
  type Parts,
  readTemplate,
  TEMPLATE_FILE,
  textOf,
} from './support/template.ts';

const STREAM = 'arn:aws:dynamodb:eu-central-1:111122223333:table/fleet/stream/2026-01-05T09:00:00.000';

const text = readFileSync(TEMPLATE_FILE, 'utf8');
const template = readTemplate();

/** Every way in which the conditions can fall. */
function* allChoices(): Generator<Values> {
  const choices: readonly (readonly Values[])[] = [
    [
      { NewTableName: 'fleet' },
      { TableStreamArn: STREAM },
      { NewTableName: 'other', TableStreamArn: STREAM },
    ],
    [
      {},
      { PoisonRecords: 'quarantine', QuarantineMaxShare: '0.01' },
      { PoisonRecords: 'park', ParkAfter: 3 },
    ],
    [{}, { ReservedConcurrency: 5, DeletionProtection: 'true' }],
    [{}, { DiscardedRecordDays: 90 }],
    [{}, { MappingState: 'disabled' }, { MappingState: 'removed' }],
    [{}, { MappingMetrics: 'false' }],
    [{}, { Alarms: 'false' }],
    [{}, { AlarmEmail: 'ops@example.org' }],
    [{}, { Dashboard: 'false' }],
  ];
  function* from(index: number, chosen: Values): Generator<Values> {
    const next = choices[index];
    if (next === undefined) yield chosen;
    else for (const choice of next) yield* from(index + 1, { ...chosen, ...choice });
  }
  yield* from(0, {});
}

/** The properties of a resource that is made. */
function propertiesOf({ resources }: Resolved, name: string): Parts {
  const resource = resources[name];
  if (resource === undefined) throw new Error(`${name} is not made`);
  return resource.Properties;
}

function environmentOf(resolved: Resolved): Record<string, string> {
  const { Variables } = propertiesOf(resolved, 'Worker')['Environment'] as { readonly Variables: Parts };
  return Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, textOf(value)]));
}

/** The worker's variables, with names as they are made in the place of what only stands for them. */
function madeEnvironmentOf(resolved: Resolved): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environmentOf(resolved)).map(([name, value]) => {
      const [, made] = /^<(\w+)>$/.exec(value) ?? [];
      return [name, made === undefined ? value : name.endsWith('_QUEUE_URL') ? queueUrl(made) : made];
    }),
  );
}

function queueUrl(name: string): string {
  return `https://sqs.eu-central-1.amazonaws.com/111122223333/${name}.fifo`;
}

describe('the deployment template', () => {
  let spec: Specification;

  before(async () => {
    spec = await loadSpecification();
  });

  it('given its references, then each names a parameter, a resource, an attribute or a condition', () => {
    const attributes = (type: string, attribute: string) => hasAttribute(spec, type, attribute);
    expect(referencesIn(template).length).to.be.greaterThan(100);
    expect(unresolvedIn(template, attributes)).to.deep.equal([]);
    expect(circleIn(template), 'a circle of resources').to.equal(undefined);
  });

  it('given its resources, then each type and each property exists, and none that is required is missing', () => {
    expect(unknownIn(template, spec)).to.deep.equal([]);
  });

  it('given its parameters and conditions, then each is used', () => {
    const used = new Set(referencesIn(template).map(({ name }) => name));
    for (const name of [...Object.keys(template.Parameters), ...Object.keys(template.Conditions)])
      expect(used.has(name), name).to.equal(true);
  });

  it('given any choice of its parameters, then it resolves, and each check of it holds', () => {
    let count = 0;
    for (const values of allChoices()) {
      const resolved = resolve(template, values);
      for (const check of [isResolved, keepsLimits, suitsWorker, showsPublishedMetrics])
        check(resolved, values);
      count++;
    }
    expect(count).to.equal(3 ** 2 * 2 ** 7);
  });

  it('given a search server, then the same holds of some of them', () => {
    const server = {
      TypesenseUrl: 'https://search.example.com',
      TypesenseKeySecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:search-AbCdEf',
    };
    let count = 0;
    for (const values of allChoices()) {
      if (count++ % 17 !== 0) continue;
      const resolved = resolve(template, { ...values, ...server });
      expect(resolved.resources).to.include.keys('Indexer', 'SearchMapping');
      for (const check of [isResolved, keepsLimits, suitsWorker, showsPublishedMetrics])
        check(resolved, values);
    }
    expect(() => resolve(template, { NewTableName: 'fleet', TypesenseUrl: server.TypesenseUrl })).to.throw(
      'give TypesenseKeySecretArn as well',
    );
  });

  /** Nothing refers to what is not made, and no intrinsic function is left. */
  function isResolved({ resources, outputs }: Resolved, values: Values): void {
    expect('SourceTable' in resources, JSON.stringify(values)).to.equal(!('TableStreamArn' in values));
    expect(isComputed(Object.values(resources).map(({ Properties }) => Properties))).to.equal(true);
    expect(isComputed(outputs)).to.equal(true);
  }

  it('given neither a stream nor a name for a table, then it does not resolve', () => {
    expect(() => resolve(template, {})).to.throw(
      'give TableStreamArn for an existing table, or NewTableName',
    );
  });

  it("given CloudFormation's limits, then it keeps within them", () => {
    expect(Buffer.byteLength(text), 'bytes of the template').to.be.at.most(1_000_000);
    expect(Object.keys(template.Parameters).length, 'parameters').to.be.at.most(200);
    expect(Object.keys(template.Resources).length, 'resources').to.be.at.most(500);
    expect(Object.keys(template.Outputs).length, 'outputs').to.be.at.most(200);
    expect(template.Description.length, 'description').to.be.at.most(1_024);
    for (const [name, { Description = '' }] of Object.entries(template.Parameters))
      expect(Description.length, name).to.be.within(20, 1_024);
    for (const name of [
      ...Object.keys(template.Parameters),
      ...Object.keys(template.Resources),
      ...Object.keys(template.Outputs),
    ])
      expect(name).to.match(/^[A-Za-z0-9]{1,255}$/);
  });

  /** Filters, policies, variables and alarms keep within their services' limits. */
  function keepsLimits(resolved: Resolved, values: Values): void {
    if (values['MappingState'] !== 'removed') {
      const { Filters } = propertiesOf(resolved, 'StreamMapping')['FilterCriteria'] as {
        readonly Filters: readonly { readonly Pattern: string }[];
      };
      expect(Filters.length).to.be.within(1, MAX_FILTERS);
      for (const { Pattern } of Filters) expect(Pattern.length).to.be.at.most(MAX_PATTERN_LENGTH);
    }
    // Names that CloudFormation makes are longer than what stands for them here.
    const policies = JSON.stringify(propertiesOf(resolved, 'WorkerRole')['Policies']);
    const references = policies.match(/<[\w.]+>/g)?.length ?? 0;
    expect(policies.replaceAll(/\s/g, '').length + references * 200, 'inline policies').to.be.at.most(10_240);
    expect(JSON.stringify(environmentOf(resolved)).length, 'variables').to.be.at.most(4_096 - 1_024);
    for (const { Type, Properties } of Object.values(resolved.resources)) {
      if (Type !== 'AWS::CloudWatch::Alarm') continue;
      expect(textOf(Properties['AlarmDescription']).length).to.be.at.most(1_024);
      expect(Properties['DatapointsToAlarm']).to.be.at.most(Number(Properties['EvaluationPeriods']));
    }
  }

  /** The worker accepts its environment. */
  function suitsWorker(resolved: Resolved, values: Values): void {
    const environment = madeEnvironmentOf(resolved);
    const { backend, failureMode, quarantineMaxShare } = readConfig(environment);
    expect(failureMode).to.equal('report');
    expect(quarantineMaxShare).to.equal(Number(values['QuarantineMaxShare'] ?? 0.5));
    const quarantine = values['PoisonRecords'] === 'quarantine' ? queueUrl('QuarantineQueue') : undefined;
    expect(backend).to.include({ kind: 'aws', stateTable: 'StateTable', quarantineUrl: quarantine });
    expect(environment['TABLE_NAME']).to.equal('TableStreamArn' in values ? 'fleet' : 'SourceTable');
  }

  it('given its defaults, then they are those of the worker', () => {
    const environment = madeEnvironmentOf(resolve(template, { NewTableName: 'fleet' }));
    const required = ['TABLE_NAME', 'STATE_TABLE_NAME', 'TYPESENSE_QUEUE_URL'];
    const byDefault = Object.fromEntries(
      Object.entries(environment).filter(([name]) => required.includes(name)),
    );
    expect(readConfig(environment)).to.deep.equal(readConfig(byDefault));
  });

  it('given every parameter of the worker at its bounds, then the worker takes it', () => {
    for (const bound of ['MinValue', 'MaxValue'] as const) {
      const values = Object.fromEntries(
        Object.entries(template.Parameters).flatMap(([name, parameter]) =>
          parameter[bound] === undefined ? [] : [[name, parameter[bound]]],
        ),
      );
      expect(() =>
        readConfig(madeEnvironmentOf(resolve(template, { ...values, NewTableName: 'fleet' }))),
      ).not.to.throw();
    }
  });

  // Rules of CloudFormation compare texts only, so the bounds of both parameters must do it.
  it('given any margin and time-out that the parameters allow, then most of the time is left to handle a batch in', () => {
    const { DeadlineMarginMilliseconds, FunctionTimeout } = template.Parameters;
    expect(DeadlineMarginMilliseconds!.MaxValue).to.be.at.most((FunctionTimeout!.MinValue! * 1_000) / 2);
  });

  it('given what holds data, then deleting the stack or replacing the resource leaves it there', () => {
    const holdsData = ['AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::S3::Bucket', 'AWS::Logs::LogGroup'];
    const found = Object.entries(template.Resources).filter(([, { Type }]) => holdsData.includes(Type));
    expect(found.length).to.equal(8);
    for (const [name, resource] of found) {
      expect(resource['DeletionPolicy'], name).to.equal('RetainExceptOnCreate');
      expect(resource['UpdateReplacePolicy'], name).to.equal('Retain');
    }
  });

  it('given a first deployment, then its tables can be taken back; given that they are protected, then the output says so', () => {
    for (const [values, isProtected] of [
      [{ NewTableName: 'fleet' }, false],
      [{ NewTableName: 'fleet', DeletionProtection: 'true' }, true],
    ] as const) {
      const resolved = resolve(template, values);
      for (const name of ['SourceTable', 'StateTable'])
        expect(textOf(propertiesOf(resolved, name)['DeletionProtectionEnabled'])).to.equal(
          String(isProtected),
        );
      expect(resolved.outputs['TableProtection']).to.match(
        isProtected ? /^on$/ : /^off\. .*DeletionProtection=true/,
      );
    }
  });

  it('given its defaults, then nothing is passed over, given up without its payload, or kept short', () => {
    const resolved = resolve(template, { NewTableName: 'fleet' });
    const mapping = propertiesOf(resolved, 'StreamMapping');
    expect(mapping).to.include({ StartingPosition: 'TRIM_HORIZON', MaximumRetryAttempts: -1 });
    expect(mapping['FunctionResponseTypes']).to.deep.equal(['ReportBatchItemFailures']);
    expect(mapping['BisectBatchOnFunctionError']).to.equal(true);
    expect(Number(mapping['MaximumRecordAgeInSeconds']), "below the stream's 24 hours").to.be.within(
      3_600,
      86_400 - 3_600,
    );
    expect(mapping['DestinationConfig']).to.deep.equal({
      OnFailure: { Destination: '<DiscardedRecords.Arn>' },
    });
    expect(propertiesOf(resolved, 'DiscardedRecords')['LifecycleConfiguration']).to.equal(undefined);
    expect(propertiesOf(resolved, 'SourceTable')['StreamSpecification']).to.deep.equal({
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    });
    expect(propertiesOf(resolved, 'StateTable')['TimeToLiveSpecification']).to.deep.equal({
      AttributeName: 'expires_at',
      Enabled: true,
    });
    for (const queue of ['SearchQueue', 'SearchDeadLetters', 'QuarantineQueue'])
      expect(propertiesOf(resolved, queue)).to.include({
        MessageRetentionPeriod: 1_209_600,
        SqsManagedSseEnabled: true,
      });
    for (const queue of ['SearchQueue', 'SearchDeadLetters'])
      expect(propertiesOf(resolved, queue)).to.include({
        FifoQueue: true,
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
      });
  });

  /** Whether somebody publishes a metric: a service of AWS, or Contrail. */
  const isPublished = (namespace: string, name: string): boolean =>
    namespace === 'Contrail' ? Object.keys(METRICS).includes(name) : hasMetric(spec, namespace, name);

  it('given its alarms, then each goes to the topic, and watches a metric that is published', () => {
    const resolved = resolve(template, { NewTableName: 'fleet', PoisonRecords: 'park' });
    const alarms = Object.entries(resolved.resources).filter(
      ([, { Type }]) => Type === 'AWS::CloudWatch::Alarm',
    );
    expect(alarms.length).to.be.greaterThan(10);
    for (const [name, { Properties }] of alarms) {
      expect(Properties['AlarmActions'], name).to.deep.equal(['<AlarmTopic>']);
      expect(Properties['TreatMissingData'], name).to.equal(
        // They stay on until something is read, also where nothing more is written.
        /^(?:Stopped|Parked)/.test(name) ? 'ignore' : 'notBreaching',
      );
      const metrics = metricsOf(Properties);
      expect(metrics, name).to.have.length.above(0);
      for (const { Namespace, MetricName } of metrics)
        expect(isPublished(Namespace, MetricName), `${name}: ${Namespace} ${MetricName}`).to.equal(true);
    }
  });

  it('given a lone message in a queue of what failed, then the alarm is on, also while somebody looks at it', () => {
    const resolved = resolve(template, { NewTableName: 'fleet' });
    for (const [name, queue] of [
      ['QuarantineAlarm', 'QuarantineQueue'],
      ['DeadLettersAlarm', 'SearchDeadLetters'],
    ] as const) {
      const alarm = propertiesOf(resolved, name);
      const queries = alarm['Metrics'] as unknown as readonly {
        readonly Id: string;
        readonly Expression?: string;
        readonly MetricStat?: { readonly Stat: string; readonly Metric: Metric };
      }[];
      // There, received, deleted; then SQS no longer publishes.
      const published = new Map<string, Series>([
        ['ApproximateNumberOfMessagesVisible', [1, 0, 0, undefined]],
        ['ApproximateNumberOfMessagesNotVisible', [0, 1, 0, undefined]],
      ]);
      const series = new Map<string, Series>();
      for (const { Id, MetricStat } of queries)
        if (MetricStat !== undefined) {
          expect(MetricStat).to.have.property('Stat', 'Maximum');
          expect(MetricStat.Metric).to.deep.include({
            Dimensions: [{ Name: 'QueueName', Value: `<${queue}.QueueName>` }],
          });
          series.set(Id, published.get(MetricStat.Metric.MetricName) ?? []);
        }
      const messages = evaluate(
        queries.find(({ Expression }) => Expression !== undefined)!.Expression!,
        series,
      );
      expect(alarm['ComparisonOperator']).to.equal('GreaterThanOrEqualToThreshold');
      expect(
        messages.map((value) => value !== undefined && value >= Number(alarm['Threshold'])),
        name,
      ).to.deep.equal([true, true, false, false]);
    }
  });

  it('given messages that wait for half of the time that their queue keeps them, then an alarm of their age is on', () => {
    for (const [name, life] of [
      ['QuarantineAgeAlarm', 'QuarantineRetentionSeconds'],
      ['DeadLettersAgeAlarm', 'SearchRetentionSeconds'],
    ] as const)
      for (const seconds of [86_400, 1_209_600]) {
        const resolved = resolve(template, { NewTableName: 'fleet', [life]: seconds });
        const alarm = propertiesOf(resolved, name);
        const [, share] = alarm['Metrics'] as readonly Parts[];
        const values = evaluate(
          textOf(share!['Expression']),
          new Map([['age', [seconds / 2 - 1, seconds / 2]]]),
        );
        expect(alarm['ComparisonOperator']).to.equal('GreaterThanOrEqualToThreshold');
        expect(
          values.map((value) => value! >= Number(alarm['Threshold'])),
          name,
        ).to.deep.equal([false, true]);
      }
  });

  it('given what the mapping is to be, then it consumes, rests, or is not there', () => {
    const mappingOf = (MappingState: string) =>
      resolve(template, { NewTableName: 'fleet', MappingState }).resources['StreamMapping']?.Properties;
    expect(mappingOf('enabled')).to.include({ Enabled: true });
    expect(mappingOf('disabled')).to.include({ Enabled: false });
    expect(mappingOf('removed')).to.equal(undefined);
  });

  it("given the worker's own metrics, then alarms look for them under the function's name", () => {
    const resolved = resolve(template, { NewTableName: 'fleet' });
    expect(propertiesOf(resolved, 'RecordsFailedAlarm')['Dimensions']).to.deep.equal([
      { Name: 'service', Value: '<Worker>' },
    ]);
    const { backend } = readConfig({ ...madeEnvironmentOf(resolved), AWS_LAMBDA_FUNCTION_NAME: '<Worker>' });
    expect(backend).to.have.deep.property('metrics', { namespace: 'Contrail', service: '<Worker>' });
  });

  /** The dashboard is JSON, and shows metrics that are published. */
  function showsPublishedMetrics(resolved: Resolved, values: Values): void {
    if (values['Dashboard'] === 'false') return;
    const body = textOf(propertiesOf(resolved, 'StackDashboard')['DashboardBody']);
    expect(body).not.to.include('${');
    const { widgets } = JSON.parse(body) as {
      readonly widgets: readonly { readonly properties: { readonly metrics: readonly string[][] } }[];
    };
    expect(widgets).to.have.lengthOf(8);
    for (const { properties } of widgets) {
      const [[namespace = ''] = []] = properties.metrics;
      // `...` stands for all that the line before it says, but for the last.
      for (const [first, name = ''] of properties.metrics)
        expect(first === '...' || isPublished(namespace, name), `${namespace} ${name}`).to.equal(true);
    }
  }

  it('given the code, then it is what the build leaves', () => {
    const { CodeUri, Handler } = propertiesOf(resolve(template, { NewTableName: 'fleet' }), 'Worker');
    const file = relative(
      fileURLToPath(new URL('../..', import.meta.url)),
      join(dirname(fileURLToPath(TEMPLATE_FILE)), textOf(CodeUri)),
    );
    expect(file).to.equal(join('build', 'contrail-lambda.zip'));
    expect(Handler).to.equal('handler.handler');
  });
});

interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
}

/** The metrics that an alarm watches, by itself or in an expression. */
function metricsOf(alarm: Parts): readonly Metric[] {
  const inExpression = (alarm['Metrics'] ?? []) as unknown as readonly {
    readonly MetricStat?: { readonly Metric: Metric };
  }[];
  const own = alarm['MetricName'] === undefined ? [] : [alarm as unknown as Metric];
  return [...own, ...inExpression.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])];
}

describe('the checks of the template', () => {
  let spec: Specification;

  before(async () => {
    spec = await loadSpecification();
  });

  const problemsOf = (resources: string) => unknownIn(parseTemplate(`Resources:\n${resources}`), spec);

  const spoiled: readonly (readonly [title: string, resources: string, problem: RegExp])[] = [
    ['a type that does not exist', '  A: { Type: AWS::SQS::Kew }', /no resource type AWS::SQS::Kew/],
    ['a property that does not exist', '  A: { Type: AWS::SQS::Queue, Properties: { Fifo: true } }', /Fifo/],
    [
      'a property deep within that does not exist',
      '  A: { Type: AWS::S3::Bucket, Properties: { LifecycleConfiguration: !If [C, { Rules: [{ Status: Enabled, Day: 1 }] }, x] } }',
      /Rules\[0\] has the unknown property Day/,
    ],
    ['a required property that is missing', '  A: { Type: AWS::SNS::TopicPolicy }', /A lacks PolicyDocument/],
    [
      'a string where a number belongs',
      '  A: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: soon } }',
      /not a number/,
    ],
    [
      'a string where an array belongs',
      '  A: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: f, FunctionResponseTypes: x } }',
      /not an array/,
    ],
  ];
  for (const [title, resources, problem] of spoiled)
    it(`given ${title}, then it is found`, () => {
      expect(problemsOf(resources).join('\n')).to.match(problem);
    });

  it('given a reference to nothing, then it is found', () => {
    const references = [
      '!Ref Missing',
      '!GetAtt A.Missing',
      '!GetAtt Missing.Arn',
      "!Sub '${Missing}'",
      '!If [Missing, 1, 2]',
    ];
    for (const reference of references) {
      const spoilt = parseTemplate(
        `Parameters: {}\nConditions: {}\nResources:\n  A: { Type: AWS::SQS::Queue, Properties: { QueueName: ${reference} } }`,
      );
      expect(
        unresolvedIn(spoilt, (type, name) => hasAttribute(spec, type, name)),
        reference,
      ).to.have.length(1);
    }
  });

  it('given resources that need each other, then the circle is found', () => {
    const spoilt = parseTemplate(
      'Resources:\n  A: { Type: T, DependsOn: B }\n  B: { Type: T, Properties: { X: !Ref A } }',
    );
    expect(circleIn(spoilt)).to.deep.equal(['A', 'B', 'A']);
  });

  it('given text that is no template, then parsing it fails', () => {
    for (const bad of ['A: [', 'A: 1\nA: 2', 'A: !Reff B', 'A: &a 1\nB: *a'])
      expect(() => parseTemplate(bad), bad).to.throw();
  });

  it('given a parameter that is not allowed, then it does not resolve', () => {
    for (const values of [
      { NewTableName: 'a b' },
      { NewTableName: 'fleet', BatchSize: 0 },
      { NewTableName: 'fleet', BatchSize: 11, BatchWindowSeconds: 0 },
      { NewTableName: 'fleet', AlarmEmail: 'nobody' },
      ...['0', '-2', '59', '604801', '700000', '1000000', '60.5', ''].map((MaximumRecordAgeSeconds) => ({
        NewTableName: 'fleet',
        MaximumRecordAgeSeconds,
      })),
      { NewTableName: 'fleet', PoisonRecords: 'drop' },
      ...['0', '0.0', '1.1', '.5', '50', ''].map((QuarantineMaxShare) => ({
        NewTableName: 'fleet',
        QuarantineMaxShare,
      })),
      { TableStreamArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/fleet' },
      { Typo: 1 },
    ])
      expect(() => resolve(template, values), JSON.stringify(values)).to.throw();
  });
});

describe('what Lambda takes', () => {
  it('given values that Lambda takes, then the parameters take them', () => {
    for (const values of [
      { BatchSize: 10, BatchWindowSeconds: 0 },
      { BatchSize: 10_000, BatchWindowSeconds: 1 },
      ...['-1', '60', '99', '100', '86400', '599999', '603999', '604799', '604800'].map(
        (MaximumRecordAgeSeconds) => ({ MaximumRecordAgeSeconds }),
      ),
    ])
      expect(
        () => resolve(template, { NewTableName: 'fleet', ...values }),
        JSON.stringify(values),
      ).not.to.throw();
  });

  it("given its parameters' bounds, then they are within Lambda's", () => {
    const limits: Readonly<Record<string, readonly [least: number, most: number]>> = {
      BatchSize: [1, 10_000],
      BatchWindowSeconds: [0, 300],
      ParallelizationFactor: [1, 10],
      MaximumRetryAttempts: [-1, 10_000],
      FunctionMemory: [128, 10_240],
      FunctionTimeout: [1, 900],
    };
    for (const [name, [least, most]] of Object.entries(limits)) {
      const { MinValue, MaxValue } = template.Parameters[name]!;
      expect(MinValue, name).to.be.at.least(least);
      expect(MaxValue, name).to.be.at.most(most);
    }
  });
});

/** Whether a part holds an intrinsic function still. */
function isComputed(part: Part): boolean {
  if (Array.isArray(part)) return (part as readonly Part[]).every(isComputed);
  if (!isParts(part)) return true;
  return Object.entries(part).every(([name, value]) => !/^(?:Ref|Fn::.*)$/.test(name) && isComputed(value));
}
