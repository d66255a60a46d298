import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { alarmFactsOf } from '../../../src/adapters/aws/doctor/alarm-facts.ts';
import type { Wanted } from '../../../src/application/doctor/check.ts';
import { CHECKS } from '../../../src/application/doctor/checks.ts';
import { examine, type Gatherers } from '../../../src/application/doctor/examine.ts';
import type {
  AlarmFacts,
  Facts,
  FunctionFacts,
  MappingFacts,
  QueueFacts,
  TableFacts,
} from '../../../src/application/doctor/facts.ts';
import { filterCriteria, filtersOf } from '../../../src/entrypoints/deployment/filters.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { resolve } from '../../deploy/support/resolve.ts';
import { type Parts, readTemplate } from '../../deploy/support/template.ts';

/*
 * A deployment in which all is well: as deploy/template.yaml makes it, once it has been told by mail, and its mapping has caught up.
 */

export const { resources } = resolve(readTemplate(), {
  NewTableName: 'fleet',
  PoisonRecords: 'quarantine',
  TypesenseUrl: 'https://search.example.com',
  TypesenseKeySecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:key-AbCdEf',
});

const STREAM = '<SourceTable.StreamArn>';
const TABLE = 'arn:aws:dynamodb:eu-central-1:111122223333:table/fleet';

export const propertiesOf = (name: string): Parts => resources[name]?.Properties ?? {};

function tableOf(name: string, arn: string): TableFacts {
  const properties = propertiesOf(name) as unknown as {
    readonly AttributeDefinitions: readonly {
      readonly AttributeName: string;
      readonly AttributeType: string;
    }[];
    readonly StreamSpecification?: { readonly StreamViewType: string };
  };
  return {
    ...{ name, arn, status: 'ACTIVE' },
    keys: properties.AttributeDefinitions.map((one) => ({
      name: one.AttributeName,
      type: one.AttributeType,
    })),
    viewType: properties.StreamSpecification?.StreamViewType,
    streamArn: properties.StreamSpecification && STREAM,
    ...{ replicas: [], isStronglyReplicated: false },
  };
}

function mappingOf(name: string): MappingFacts {
  const properties = propertiesOf(name) as unknown as {
    readonly FunctionName: string;
    readonly EventSourceArn: string;
    readonly FilterCriteria?: { readonly Filters: readonly { readonly Pattern: string }[] };
    readonly DestinationConfig?: unknown;
    readonly MaximumRetryAttempts?: number;
    readonly MaximumRecordAgeInSeconds?: string;
    readonly FunctionResponseTypes?: readonly string[];
    readonly BisectBatchOnFunctionError?: boolean;
    readonly ParallelizationFactor?: number;
  };
  return {
    ...{ id: name, function: properties.FunctionName, source: properties.EventSourceArn },
    ...{ state: 'Enabled', stateReason: undefined, lastResult: 'OK' },
    filters: (properties.FilterCriteria?.Filters ?? []).map(({ Pattern }) => Pattern),
    destination: properties.DestinationConfig === undefined ? undefined : 'arn:aws:s3:::discarded',
    retries: properties.MaximumRetryAttempts ?? -1,
    maximumAge: Number(properties.MaximumRecordAgeInSeconds ?? -1),
    takesPartialResponses: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') === true,
    bisects: properties.BisectBatchOnFunctionError === true,
    parallelization: properties.ParallelizationFactor ?? 1,
  };
}

function functionOf(name: string): FunctionFacts {
  const { Timeout, Role, Environment } = propertiesOf(name) as unknown as {
    readonly Timeout: number;
    readonly Role: string;
    readonly Environment: { readonly Variables: Readonly<Record<string, string | number>> };
  };
  return {
    ...{ name: `<${name}>`, role: Role, state: 'Active', lastUpdate: 'Successful', timeout: Timeout },
    variables: Object.fromEntries(
      Object.entries(Environment.Variables).map(([variable, value]) => [variable, String(value)]),
    ),
    reserved: undefined,
  };
}

function queueOf(name: string): QueueFacts {
  const properties = propertiesOf(name) as unknown as {
    readonly FifoQueue?: boolean;
    readonly ContentBasedDeduplication?: boolean;
    readonly DeduplicationScope?: string;
    readonly FifoThroughputLimit?: string;
    readonly MaximumMessageSize: number;
    readonly MessageRetentionPeriod: number;
    readonly VisibilityTimeout?: number;
    readonly RedrivePolicy?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
  };
  const { RedrivePolicy: redrive } = properties;
  return {
    ...{ name: `queue ${name}`, arn: `<${name}.Arn>`, isFifo: properties.FifoQueue === true },
    isContentDeduplicated: properties.ContentBasedDeduplication === true,
    isByGroup:
      properties.DeduplicationScope === 'messageGroup' &&
      properties.FifoThroughputLimit === 'perMessageGroupId',
    largestMessage: properties.MaximumMessageSize,
    retention: properties.MessageRetentionPeriod,
    visibility: properties.VisibilityTimeout ?? 30,
    policy: undefined,
    deadLetters: redrive && { arn: redrive.deadLetterTargetArn, maximumReceives: redrive.maxReceiveCount },
    waiting: 0,
  };
}

const WATCHED = new Set([
  ...['<Worker>', '<Indexer>', '<StreamMapping>'],
  ...['SearchQueue', 'SearchDeadLetters', 'QuarantineQueue'].map((name) => `<${name}.QueueName>`),
]);

function alarmFacts(): readonly AlarmFacts[] {
  return Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
    .flatMap(([name, { Properties }]) => {
      const alarm = { ...Properties, AlarmName: name, StateValue: 'OK', ActionsEnabled: true };
      return alarmFactsOf(alarm as MetricAlarm, WATCHED);
    });
}

const [table, mapping] = [tableOf('SourceTable', TABLE), mappingOf('StreamMapping')];

/** All that is found out where all is well. */
export const WELL: Facts = {
  settings: [],
  table,
  stream: { arn: STREAM, status: 'ENABLED', openShards: 4 },
  awsClock: 300,
  mapping,
  streamMappings: [mapping],
  worker: functionOf('Worker'),
  unreservedInstances: 1_000,
  indexerMapping: mappingOf('SearchMapping'),
  indexer: functionOf('Indexer'),
  searchQueue: queueOf('SearchQueue'),
  deadLetters: queueOf('SearchDeadLetters'),
  quarantine: queueOf('QuarantineQueue'),
  stateTable: tableOf('StateTable', `${TABLE}-state`),
  stateExpiry: (propertiesOf('StateTable')['TimeToLiveSpecification'] as { readonly AttributeName: string })
    .AttributeName,
  stateRestorable:
    (propertiesOf('StateTable')['PointInTimeRecoverySpecification'] as Parts)[
      'PointInTimeRecoveryEnabled'
    ] === 'true',
  stateForms: [],
  consumers: [],
  gaps: [],
  followed: TABLE,
  targets: [],
  collections: fleet.model.documents.map(({ collection }) => ({
    ...{ collection, engine: 'Typesense', problem: undefined, differences: [] },
  })),
  alarms: alarmFacts(),
  topics: [{ arn: '<AlarmTopic>', confirmed: 1, pending: 0 }],
  database: { resource: 'database app', problem: undefined, lacking: [], skewMs: 0 },
  denied: [],
};

/** What that deployment is measured by. */
export const WANTED: Wanted = {
  ...{ model: fleet.model, backend: 'aws', reader: 'function', indexer: 'function', stream: STREAM },
  filters: [5, 10].map((most) =>
    filterCriteria(filtersOf(fleet.model, most).filters).Filters.map(({ Pattern }) => Pattern),
  ),
  variables: WELL.worker.variables,
  ...{ hasQuarantine: true, allowsStandardQueue: false },
};

/** What all checks say of these facts; those that are left out are as they are where all is well. */
export async function examined(facts: Partial<Facts> = {}, wanted: Partial<Wanted> = {}) {
  const gatherers = Object.fromEntries(
    Object.entries({ ...WELL, ...facts }).map(([name, fact]) => [name, () => Promise.resolve(fact)]),
  ) as Gatherers;
  return examine(CHECKS, gatherers, { ...WANTED, ...wanted });
}
