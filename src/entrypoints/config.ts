import { DEFAULT_ATTEMPTS, DEFAULT_CONCURRENCY } from '../adapters/aws/clients.ts';
import { MAX_BATCH_BYTES } from '../adapters/aws/sqs/limits.ts';
import {
  isSameQueue,
  parseQueueUrl,
  parseSearchQueueUrl,
  QUARANTINE_QUEUE_VARIABLE,
  SEARCH_QUEUE_VARIABLE,
} from '../adapters/aws/sqs/queue-url.ts';
import { DEFAULT_MAX_SHARE } from '../application/poison-breaker.ts';
import { DEFAULT_RETRIES, type RetryPolicy } from '../application/retry.ts';
import { Fault } from '../domain/fault.ts';

const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
const FAILURE_MODES = ['report', 'throw'] as const;
const BACKENDS = ['aws', 'memory'] as const;

export interface Config {
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** `report` failed records to the event source, or `throw` for sources without partial responses. */
  readonly failureMode: (typeof FAILURE_MODES)[number];
  readonly retries: RetryPolicy;
  /** Which share of a batch's items may be quarantined for one reason: above 0, up to 1. */
  readonly quarantineMaxShare: number;
  /** How long before Lambda's time runs out the worker stops, in milliseconds. */
  readonly deadlineMarginMs: number;
  readonly backend: MemoryBackend | AwsBackend;
}

export interface MemoryBackend {
  readonly kind: 'memory';
}

export interface AwsBackend {
  readonly kind: 'aws';
  readonly table: string;
  readonly stateTable: string;
  readonly queueUrl: string;
  /** Where records go that can never be handled; undefined to have them block. */
  readonly quarantineUrl: string | undefined;
  /** Requests of one kind under way at a time. */
  readonly concurrency: number;
  /** How often the SDK tries a request. */
  readonly maxAttempts: number;
  /** CloudWatch's namespace for the metrics, and who they are of. */
  readonly metrics: { readonly namespace: string; readonly service: string };
  /** Bytes in one request to the queue. */
  readonly maxBatchBytes: number;
  /** Whether a queue without order and deduplication will do. */
  readonly allowStandardQueue: boolean;
  /** Whether the SDK's own variables name the queue's endpoint; otherwise it is the one in the queue's URL. */
  readonly hasQueueEndpoint: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the environment. Empty variables count as unset.
 *
 * @throws Fault `configuration` that names every variable that is wrong or missing, and what it may be.
 */
export function readConfig(environment: Environment): Config {
  const reader = new Reader(environment);
  const config: Config = {
    logLevel: reader.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    failureMode: reader.oneOf('FAILURE_MODE', FAILURE_MODES, 'report'),
    retries: {
      ...DEFAULT_RETRIES,
      attempts: reader.whole('RETRY_ATTEMPTS', 1, 100, DEFAULT_RETRIES.attempts),
      baseMs: reader.whole('RETRY_BASE_MS', 0, 60_000, DEFAULT_RETRIES.baseMs),
      capMs: reader.whole('RETRY_CAP_MS', 0, 60_000, DEFAULT_RETRIES.capMs),
    },
    quarantineMaxShare: reader.share('QUARANTINE_MAX_SHARE', DEFAULT_MAX_SHARE),
    deadlineMarginMs: reader.whole('DEADLINE_MARGIN_MS', 0, 60_000, 1_000),
    backend: reader.oneOf('BACKEND', BACKENDS, 'aws') === 'memory' ? { kind: 'memory' } : awsBackend(reader),
  };
  if (reader.problems.length > 0) throw new Fault('configuration', reader.problems.join('\n'));
  return config;
}

/**
 * Reads and checks what it takes to reach the worker's state: less than a worker needs.
 *
 * @throws Fault `configuration` that names every variable that is wrong or missing.
 */
export function readStateConfig(
  environment: Environment,
): MemoryBackend | Pick<AwsBackend, 'kind' | 'stateTable'> {
  const reader = new Reader(environment);
  const isMemory = reader.oneOf('BACKEND', BACKENDS, 'aws') === 'memory';
  const config = isMemory
    ? ({ kind: 'memory' } as const)
    : ({ kind: 'aws', stateTable: stateTable(reader) } as const);
  if (reader.problems.length > 0) throw new Fault('configuration', reader.problems.join('\n'));
  return config;
}

function stateTable(reader: Reader): string {
  reader.matches('STATE_TABLE_NAME', TABLE);
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_DYNAMODB']) reader.matches(name, ENDPOINT);
  return reader.text('STATE_TABLE_NAME', 'the name of the table that holds the worker’s state');
}

function awsBackend(reader: Reader): AwsBackend {
  const table = reader.text('TABLE_NAME', 'the name of the table whose stream is read');
  const stateTable = reader.text('STATE_TABLE_NAME', 'the name of the table that holds the worker’s state');
  reader.matches('TABLE_NAME', TABLE);
  reader.matches('STATE_TABLE_NAME', TABLE);
  if (table !== '' && isSameTable(table, stateTable))
    reader.problems.push(
      'STATE_TABLE_NAME is of the same table as TABLE_NAME; set it to a table of its own: ' +
        "the table's stream would carry the worker's state, and its rows would lie among others'",
    );
  const allowStandardQueue = reader.oneOf('ALLOW_STANDARD_QUEUE', ['true', 'false'], 'false') === 'true';
  const endpoints = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL_SQS'];
  for (const name of endpoints) reader.matches(name, ENDPOINT);
  reader.matches('METRICS_NAMESPACE', NAMESPACE);
  return {
    kind: 'aws',
    table,
    stateTable,
    ...queues(reader, allowStandardQueue),
    concurrency: reader.whole('CONCURRENCY', 1, 50, DEFAULT_CONCURRENCY),
    maxAttempts: reader.whole('AWS_MAX_ATTEMPTS', 1, 100, DEFAULT_ATTEMPTS),
    metrics: {
      namespace: reader.optional('METRICS_NAMESPACE') ?? 'Contrail',
      service: reader.optional('AWS_LAMBDA_FUNCTION_NAME') ?? 'contrail',
    },
    maxBatchBytes: reader.whole('SEARCH_MAX_BATCH_BYTES', 1_024, MAX_BATCH_BYTES, MAX_BATCH_BYTES),
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

function queues(reader: Reader, allowStandard: boolean): Pick<AwsBackend, 'queueUrl' | 'quarantineUrl'> {
  const queueUrl = reader.text(SEARCH_QUEUE_VARIABLE, 'the URL of the FIFO queue that search actions go to');
  const quarantineUrl = reader.optional(QUARANTINE_QUEUE_VARIABLE);
  const isQueue = queueUrl !== '' && reader.holds(() => parseQueueUrl(queueUrl, SEARCH_QUEUE_VARIABLE));
  if (isQueue) reader.holds(() => parseSearchQueueUrl(queueUrl, allowStandard));
  if (
    quarantineUrl !== undefined &&
    reader.holds(() => parseQueueUrl(quarantineUrl, QUARANTINE_QUEUE_VARIABLE)) &&
    isQueue &&
    isSameQueue(queueUrl, quarantineUrl)
  )
    reader.problems.push(
      `${QUARANTINE_QUEUE_VARIABLE} is of the same queue as ${SEARCH_QUEUE_VARIABLE}; ` +
        'set it to a queue of its own: the indexer would take records for search actions',
    );
  return { queueUrl, quarantineUrl };
}

/** What a variable's value must look like. Values are not cited: they may hold a password. */
interface Form {
  readonly fits: (value: string) => boolean;
  readonly expected: string;
}

const TABLE: Form = {
  fits: (value) => /^(?:arn:[^\s:]+:dynamodb:[^\s:]+:\d+:table\/)?[\w.-]{3,255}$/.test(value),
  expected: 'the name of a table: 3 to 255 letters, digits, and any of _ . -',
};

const ENDPOINT: Form = {
  fits: (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  expected: 'the URL of an endpoint, like http://127.0.0.1:8000',
};

/** CloudWatch ignores in silence what is sent under another one. */
const NAMESPACE: Form = {
  fits: (value) => /^(?!AWS\/)[\w./#:-]{1,255}$/.test(value),
  expected:
    'a namespace of CloudWatch: up to 255 letters, digits, and any of . _ / # : -, not beginning with AWS/',
};

class Reader {
  readonly problems: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[], byDefault: T): T {
    const value = this.#environment[name] || byDefault;
    if ((allowed as readonly string[]).includes(value)) return value as T;
    this.problems.push(`${name} is ${JSON.stringify(value)}; expected ${allowed.join(', ')}`);
    return byDefault;
  }

  isSet(name: string): boolean {
    return Boolean(this.#environment[name]);
  }

  text(name: string, meaning: string): string {
    const value = this.#environment[name]?.trim() ?? '';
    if (value === '') this.problems.push(`${name} is not set; it must be ${meaning}`);
    return value;
  }

  /** Notes a value that is set and does not fit. */
  matches(name: string, { fits, expected }: Form): void {
    const value = this.optional(name);
    if (value !== undefined && !fits(value)) this.problems.push(`${name} is not ${expected}`);
  }

  /** Whether a check passes; the message of the Fault that it throws otherwise is noted. */
  holds(check: () => unknown): boolean {
    try {
      check();
      return true;
    } catch (error) {
      this.problems.push(Fault.from(error).message);
      return false;
    }
  }

  optional(name: string): string | undefined {
    return this.#environment[name]?.trim() || undefined;
  }

  /** Above 0, up to 1. */
  share(name: string, byDefault: number): number {
    const value = this.#environment[name] || String(byDefault);
    const number = /^[01](?:\.\d{1,9})?$/.test(value) ? Number(value) : NaN;
    if (number > 0 && number <= 1) return number;
    this.problems.push(`${name} is ${JSON.stringify(value)}; expected a number above 0, up to 1, like 0.5`);
    return byDefault;
  }

  whole(name: string, least: number, most: number, byDefault: number): number {
    const value = this.#environment[name] || String(byDefault);
    const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    this.problems.push(
      `${name} is ${JSON.stringify(value)}; expected a whole number from ${least} to ${most}`,
    );
    return byDefault;
  }
}
