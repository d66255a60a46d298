import { DEFAULT_RETRIES, type RetryPolicy } from '../application/settle-effects.ts';
import { Fault } from '../domain/fault.ts';

const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
const FAILURE_MODES = ['report', 'throw'] as const;
const BACKENDS = ['aws', 'memory'] as const;

/** SQS's own bound on a request, and so on a message. */
const MAX_BATCH_BYTES = 1_048_576;

export interface Config {
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** `report` failed records to the event source, or `throw` for sources without partial responses. */
  readonly failureMode: (typeof FAILURE_MODES)[number];
  readonly retries: RetryPolicy;
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
    deadlineMarginMs: reader.whole('DEADLINE_MARGIN_MS', 0, 60_000, 1_000),
    backend: reader.oneOf('BACKEND', BACKENDS, 'aws') === 'memory' ? { kind: 'memory' } : awsBackend(reader),
  };
  if (reader.problems.length > 0) throw new Fault('configuration', reader.problems.join('\n'));
  return config;
}

function awsBackend(reader: Reader): AwsBackend {
  return {
    kind: 'aws',
    table: reader.text('TABLE_NAME', 'the name of the table whose stream is read'),
    stateTable: reader.text('STATE_TABLE_NAME', 'the name of the table that holds the worker’s state'),
    queueUrl: reader.text('TYPESENSE_QUEUE_URL', 'the URL of the FIFO queue that search actions go to'),
    quarantineUrl: reader.optional('QUARANTINE_QUEUE_URL'),
    // Below the SDK's 50 sockets, so that no request waits for one.
    concurrency: reader.whole('CONCURRENCY', 1, 50, 24),
    metrics: {
      namespace: reader.optional('METRICS_NAMESPACE') ?? 'Contrail',
      service: reader.optional('AWS_LAMBDA_FUNCTION_NAME') ?? 'contrail',
    },
    maxBatchBytes: reader.whole('SEARCH_MAX_BATCH_BYTES', 1_024, MAX_BATCH_BYTES, MAX_BATCH_BYTES),
    allowStandardQueue: reader.oneOf('ALLOW_STANDARD_QUEUE', ['true', 'false'], 'false') === 'true',
    hasQueueEndpoint: reader.isSet('AWS_ENDPOINT_URL_SQS') || reader.isSet('AWS_ENDPOINT_URL'),
  };
}

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

  optional(name: string): string | undefined {
    return this.#environment[name]?.trim() || undefined;
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
