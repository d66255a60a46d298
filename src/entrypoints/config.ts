import { DEFAULT_ATTEMPTS, DEFAULT_CONCURRENCY } from '../adapters/aws/client-defaults.ts';
import { MAX_BATCH_BYTES } from '../adapters/aws/sqs/limits.ts';
import {
  isSameQueue,
  parseQueueUrl,
  parseSearchQueueUrl,
  QUARANTINE_QUEUE_VARIABLE,
  SEARCH_QUEUE_VARIABLE,
} from '../adapters/aws/sqs/queue-url.ts';
import { LATE_MS } from '../application/index-outcome.ts';
import { Fault } from '../domain/fault.ts';
import type { TableModel } from '../domain/table-model.ts';
import { fleet } from '../fleet/definition.ts';
import { type DatabaseSettings, databaseSettings } from './database-settings.ts';
import { type Environment, EnvironmentReader, type Format } from './environment-reader.ts';
import { DEFAULT_SETTINGS, type Poison, type Settings } from './settings.ts';

const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
const FAILURE_MODES = ['report', 'throw'] as const;

/** All settings of a worker, read and checked. */
export interface Config extends Settings {
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** `report` failed records to the event source, or `throw` for sources without partial responses. */
  readonly failureMode: (typeof FAILURE_MODES)[number];
  /** How long before Lambda's time runs out the worker stops, in milliseconds. */
  readonly deadlineMarginMs: number;
  readonly backend: Backend;
}

type Derived = Pick<TableModel, 'documents'>;

/** Where what is derived is kept. */
export type Backend = MemoryBackend | AwsBackend | PostgresBackend;

/** CloudWatch's namespace for the metrics, and the service that they describe. */
export interface MetricsSettings {
  readonly namespace: string;
  readonly service: string;
}

/** In the memory of the process. */
export interface MemoryBackend {
  readonly kind: 'memory';
  /** Takes the stream of any table. */
  readonly table?: undefined;
}

/** In a database of PostgreSQL. */
export interface PostgresBackend extends DatabaseSettings {
  readonly kind: 'postgres';
  readonly metrics: MetricsSettings;
  /** Takes the stream of any table, and then no other's. */
  readonly table?: undefined;
}

/** In DynamoDB and SQS. */
export interface AwsBackend {
  readonly kind: 'aws';
  /** Name or ARN of the table whose stream is read. */
  readonly table: string;
  /** Name of the table that states are kept in. */
  readonly stateTable: string;
  /** Where search actions go; undefined only where there are no documents. */
  readonly queueUrl: string | undefined;
  /** Where records go that can never be handled; undefined where they block. */
  readonly quarantineUrl: string | undefined;
  /** Requests of one kind in flight at a time. */
  readonly concurrency: number;
  /** How often the SDK tries a request. */
  readonly maxAttempts: number;
  readonly metrics: MetricsSettings;
  /** Bytes in one request to the queue. */
  readonly maxBatchBytes: number;
  /** For how long what an indexer receives stays hidden, in milliseconds. */
  readonly visibilityMs: number;
  /** Whether a queue without order and deduplication is allowed. */
  readonly allowStandardQueue: boolean;
  /** Whether the SDK's own variables name the queue's endpoint; otherwise it is the one in the queue's URL. */
  readonly hasQueueEndpoint: boolean;
}

/**
 * Reads and checks the environment. Empty variables count as unset.
 *
 * @param derived what is derived from the table, and so what is required; what the fleet's definition says, unless given.
 * @throws Fault `configuration` that names every variable that is wrong or missing, and what it may be.
 */
export function readConfig(environment: Environment, derived: Derived = fleet.model): Config {
  const reader = new EnvironmentReader(environment);
  const { attempts, baseMs, capMs } = DEFAULT_SETTINGS.retries;
  const kind = backendKind(reader);
  return reader.finish({
    logLevel: reader.enum('LOG_LEVEL', LOG_LEVELS, 'info'),
    failureMode: reader.enum('FAILURE_MODE', FAILURE_MODES, 'report'),
    retries: {
      ...DEFAULT_SETTINGS.retries,
      attempts: reader.integer('RETRY_ATTEMPTS', { min: 1, max: 100, fallback: attempts }),
      baseMs: reader.integer('RETRY_BASE_MS', { min: 0, max: 60_000, fallback: baseMs }),
      capMs: reader.integer('RETRY_CAP_MS', { min: 0, max: 60_000, fallback: capMs }),
    },
    ...poisonSettings(reader, kind),
    quarantineMaxShare: reader.share('QUARANTINE_MAX_SHARE', DEFAULT_SETTINGS.quarantineMaxShare),
    deadlineMarginMs: reader.integer('DEADLINE_MARGIN_MS', { min: 0, max: 60_000, fallback: 1_000 }),
    backend: BACKENDS[kind].worker(reader, derived),
  });
}

const POISON = ['block', 'quarantine', 'park'] as const satisfies readonly Poison[];

function poisonSettings(
  reader: EnvironmentReader,
  kind: Backend['kind'],
): Pick<Settings, 'poison' | 'parkAfter'> {
  const poison = reader.isSet('POISON') ? reader.enum('POISON', POISON, 'block') : undefined;
  if (poison === 'quarantine' && kind === 'aws' && !reader.isSet(QUARANTINE_QUEUE_VARIABLE))
    reader.problems.push(
      `POISON is quarantine, and ${QUARANTINE_QUEUE_VARIABLE} is not set: set it to the URL of the queue that such records go to`,
    );
  if (poison === 'quarantine' && kind === 'memory')
    reader.problems.push('POISON is quarantine, and in memory there is none: set it to block or park');
  if (!reader.isSet('PARK_AFTER')) return { poison };
  const parkAfter = reader.integer('PARK_AFTER', { min: 1, max: 1_000_000, fallback: 1 });
  if (poison !== 'park')
    reader.problems.push(
      'PARK_AFTER is set, and POISON is not park: set it to park, or leave PARK_AFTER out',
    );
  return { poison, parkAfter };
}

type StateBackend = MemoryBackend | PostgresBackend | Pick<AwsBackend, 'kind' | 'stateTable' | 'maxAttempts'>;

/**
 * Reads and checks what it takes to reach the worker's state: less than a worker needs.
 *
 * @throws Fault `configuration` that names every variable that is wrong or missing.
 */
export function readStateConfig(environment: Environment): StateBackend {
  const reader = new EnvironmentReader(environment);
  return reader.finish(BACKENDS[backendKind(reader)].state(reader));
}

/** The variable that names the embedded search engine's folder. */
export const SEARCH_FOLDER_VARIABLE = 'SEARCH_FOLDER';

/**
 * Reads where the embedded search engine keeps documents: what it takes to search them, or to index into it.
 *
 * @throws Fault `configuration` that names the variable.
 */
export function readSearchFolder(environment: Environment): string {
  const reader = new EnvironmentReader(environment);
  return reader.finish(
    reader.required(SEARCH_FOLDER_VARIABLE, 'the folder that search documents are kept in'),
  );
}

/** An embedded database that ends with its process. */
export const IN_MEMORY_URL = 'pglite:';

export const NOTHING_IN_MEMORY =
  'DATABASE_URL is pglite:, a database in memory, in which nothing is: set it to pglite:FOLDER, or to postgres://…';

/** Where documents are searched: in a folder, or in a database of PostgreSQL. */
export type SearchedPlace = { readonly folder: string } | { readonly database: DatabaseSettings };

/**
 * Reads where documents are searched: in the database of `BACKEND=postgres`; else in the folder that is named; else where `DATABASE_URL` says.
 *
 * @param folder stands for all that the environment says.
 * @throws Fault `configuration` that names what is wrong or missing.
 */
export function readSearchedPlace(environment: Environment, folder?: string): SearchedPlace {
  if (folder !== undefined)
    return { folder: readSearchFolder({ ...environment, [SEARCH_FOLDER_VARIABLE]: folder }) };
  const reader = new EnvironmentReader(environment);
  const isPostgres =
    reader.optional('BACKEND') === 'postgres' ||
    (!reader.isSet(SEARCH_FOLDER_VARIABLE) && reader.isSet('DATABASE_URL'));
  if (!isPostgres) return { folder: readSearchFolder(environment) };
  const database = reader.finish(databaseSettings(reader));
  if (database.url !== IN_MEMORY_URL) return { database };
  throw new Fault('configuration', NOTHING_IN_MEMORY);
}

/** What each backend reads: for a worker, and for its state alone. A kind that is added must be added here. */
const BACKENDS: {
  readonly [Kind in Backend['kind']]: {
    readonly worker: (reader: EnvironmentReader, derived: Derived) => Extract<Backend, { kind: Kind }>;
    readonly state: (reader: EnvironmentReader) => Extract<StateBackend, { kind: Kind }>;
  };
} = {
  aws: {
    worker: awsBackend,
    state: (reader) => ({ kind: 'aws', stateTable: stateTable(reader), maxAttempts: maxAttempts(reader) }),
  },
  memory: { worker: () => ({ kind: 'memory' }), state: () => ({ kind: 'memory' }) },
  postgres: { worker: postgresBackend, state: postgresBackend },
};

function postgresBackend(reader: EnvironmentReader): PostgresBackend {
  const { hasQuarantine, ...database } = databaseSettings(reader);
  const isAsked = reader.optional('POISON') === 'quarantine';
  return {
    kind: 'postgres',
    ...{ ...database, hasQuarantine: hasQuarantine || isAsked, metrics: metricsSettings(reader) },
  };
}

function metricsSettings(reader: EnvironmentReader): MetricsSettings {
  reader.check('METRICS_NAMESPACE', NAMESPACE);
  return {
    namespace: reader.optional('METRICS_NAMESPACE') ?? 'Contrail',
    service: reader.optional('AWS_LAMBDA_FUNCTION_NAME') ?? 'contrail',
  };
}

function backendKind(reader: EnvironmentReader): Backend['kind'] {
  return reader.enum('BACKEND', Object.keys(BACKENDS) as Backend['kind'][], 'aws');
}

function stateTable(reader: EnvironmentReader): string {
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_DYNAMODB']) reader.check(name, ENDPOINT);
  reader.check('STATE_TABLE_NAME', TABLE);
  return reader.required('STATE_TABLE_NAME', 'the name of the table that holds the worker’s state');
}

function maxAttempts(reader: EnvironmentReader): number {
  return reader.integer('AWS_MAX_ATTEMPTS', { min: 1, max: 100, fallback: DEFAULT_ATTEMPTS });
}

function awsBackend(reader: EnvironmentReader, { documents }: Derived): AwsBackend {
  const table = reader.required('TABLE_NAME', 'the name of the table whose stream is read');
  reader.check('TABLE_NAME', TABLE);
  const state = stateTable(reader);
  if (table !== '' && isSameTable(table, state))
    reader.problems.push(
      'STATE_TABLE_NAME is the same table as TABLE_NAME; set it to a table of its own: ' +
        "the table's stream would carry the worker's state, and its rows would lie among others'",
    );
  const allowStandardQueue = reader.enum('ALLOW_STANDARD_QUEUE', ['true', 'false'], 'false') === 'true';
  reader.check('AWS_ENDPOINT_URL_SQS', ENDPOINT);
  return {
    kind: 'aws',
    table,
    stateTable: state,
    ...queues(reader, documents.length > 0, allowStandardQueue),
    concurrency: reader.integer('CONCURRENCY', { min: 1, max: 50, fallback: DEFAULT_CONCURRENCY }),
    maxAttempts: maxAttempts(reader),
    metrics: metricsSettings(reader),
    maxBatchBytes: reader.integer('SEARCH_MAX_BATCH_BYTES', {
      min: 1_024,
      max: MAX_BATCH_BYTES,
      fallback: MAX_BATCH_BYTES,
    }),
    visibilityMs: reader.integer('SEARCH_VISIBILITY_MS', {
      // What is written late must be written before it is delivered again, and messages wait in a process before.
      min: 3 * LATE_MS,
      max: 43_200_000,
      fallback: 4 * LATE_MS,
    }),
    allowStandardQueue,
    hasQueueEndpoint: reader.isSet('AWS_ENDPOINT_URL_SQS') || reader.isSet('AWS_ENDPOINT_URL'),
  };
}

/** Of two ARNs, all must agree; a name alone may be that of any. */
function isSameTable(one: string, other: string): boolean {
  const isArn = (table: string) => table.startsWith('arn:');
  if (isArn(one) && isArn(other)) return one === other;
  const nameOf = (table: string) => table.replace(/^.*\//, '');
  return nameOf(one) === nameOf(other);
}

function queues(
  reader: EnvironmentReader,
  hasDocuments: boolean,
  allowStandard: boolean,
): Pick<AwsBackend, 'queueUrl' | 'quarantineUrl'> {
  if (hasDocuments)
    reader.required(SEARCH_QUEUE_VARIABLE, 'the URL of the FIFO queue that search actions go to');
  const queueUrl = reader.optional(SEARCH_QUEUE_VARIABLE);
  const quarantineUrl = reader.optional(QUARANTINE_QUEUE_VARIABLE);
  const isQueue =
    queueUrl !== undefined && reader.passes(() => parseQueueUrl(queueUrl, SEARCH_QUEUE_VARIABLE));
  if (isQueue) reader.passes(() => parseSearchQueueUrl(queueUrl, allowStandard));
  if (
    quarantineUrl !== undefined &&
    reader.passes(() => parseQueueUrl(quarantineUrl, QUARANTINE_QUEUE_VARIABLE)) &&
    isQueue &&
    isSameQueue(queueUrl, quarantineUrl)
  )
    reader.problems.push(
      `${QUARANTINE_QUEUE_VARIABLE} is the same queue as ${SEARCH_QUEUE_VARIABLE}; ` +
        'set it to a queue of its own: the indexer would take records for search actions',
    );
  return { queueUrl, quarantineUrl };
}

const TABLE: Format = {
  fits: (value) => /^(?:arn:[^\s:]+:dynamodb:[^\s:]+:\d+:table\/)?[\w.-]{3,255}$/.test(value),
  expected: 'the name of a table: 3 to 255 letters, digits, and any of _ . -',
};

const ENDPOINT: Format = {
  fits: (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  expected: 'the URL of an endpoint, like http://127.0.0.1:8000',
};

/** CloudWatch ignores in silence what is sent under another one. */
const NAMESPACE: Format = {
  fits: (value) => /^(?!AWS\/)[\w./#:-]{1,255}$/.test(value),
  expected:
    'a namespace of CloudWatch: up to 255 letters, digits, and any of . _ / # : -, not beginning with AWS/',
};
