import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Container } from 'inversify';
import { QUARANTINE_QUEUE_VARIABLE } from '../../../adapters/aws/sqs/queue-url.ts';
import { SqsGivenUp } from '../../../adapters/aws/sqs/sqs-given-up.ts';
import { DynamoDbStreamSource } from '../../../adapters/aws/streams/dynamodb-stream-source.ts';
import { givenUpIn } from '../../../adapters/recorded/given-up.ts';
import { GivenUpFiles } from '../../../adapters/recorded/given-up-files.ts';
import type { WinstonLoggerOptions } from '../../../adapters/winston/winston-logger.ts';
import type { GivenUpMessages } from '../../../application/ports/given-up.ts';
import type { Redrive, RedriveFigures } from '../../../application/redrive/redrive.ts';
import type { ParkedFigures } from '../../../application/redrive/redrive-parked.ts';
import type { TableDefinition } from '../../../domain/definition/define-table.ts';
import { Fault } from '../../../domain/fault.ts';
import { awsIndexerModule } from '../../composition/aws-indexer.module.ts';
import { awsModule } from '../../composition/aws.module.ts';
import { compose } from '../../composition/container.ts';
import { PARTS } from '../../composition/postgres.module.ts';
import { redriveIn, type RedriveParts } from '../../composition/redrive.ts';
import { redriveParkedIn } from '../../composition/redrive-parked.ts';
import { READER_METRICS, streamsModule } from '../../composition/streams.module.ts';
import { systemModule } from '../../composition/system.module.ts';
import { noMetricsModule } from '../../composition/no-metrics.module.ts';
import { definitionModule } from '../../composition/table-model.ts';
import { type AwsBackend, type Config, readConfig } from '../../config.ts';
import type { Environment } from '../../environment-reader.ts';
import { openSources } from '../sources.ts';
import { NoMetrics } from '../../no-metrics.ts';
import { whereItIs } from '../where-it-is.ts';
import { filesOf, type From } from './from.ts';

/** What redrives. */
export interface Redriven {
  readonly redrive: (options: RunOptions, ...rest: Rest) => Promise<RedriveFigures | ParkedFigures>;
  readonly close: () => Promise<unknown>;
}

export interface RunOptions {
  /** Rows a second; undefined for as fast as it goes. */
  readonly rate: number | undefined;
  /** Of parked items, whether effects are not run for changes that are refused for good. */
  readonly skipRefused: boolean;
}

type Rest = Parameters<Redrive['execute']> extends [unknown, unknown, ...infer Given] ? Given : never;

export interface RedrivenOptions {
  readonly definition: TableDefinition;
  readonly environment: Environment;
  readonly log: Omit<WinstonLoggerOptions, 'level'>;
  readonly from: From;
  readonly isDry: boolean;
  readonly streamArn: string | undefined;
}

/** @throws Fault `configuration` that names what is wrong or missing. */
export async function openRedriven(options: RedrivenOptions): Promise<Redriven> {
  const config = readConfig(options.environment, options.definition.model);
  switch (config.backend.kind) {
    case 'memory':
      throw new Fault(
        'configuration',
        'BACKEND is memory, where no other process has anything; leave it out, or set it to aws or postgres',
      );
    case 'postgres':
      return onPostgres(config, options);
    case 'aws':
      return onAws(config, config.backend, options);
  }
}

async function onPostgres(config: Config, options: RedrivenOptions): Promise<Redriven> {
  const { definition, from, isDry, streamArn } = options;
  const { createPostgresWorker } = await import('../../postgres-worker.ts');
  const { PostgresGivenUp } = await import('../../../adapters/postgres/quarantine/postgres-given-up.ts');
  const { url, ...database } = config.backend as Extract<Config['backend'], { kind: 'postgres' }>;
  const log = { ...options.log, level: config.logLevel };
  const { retries } = config;
  const worker = createPostgresWorker({
    definition,
    log,
    retries,
    modules: [noMetricsModule],
    url,
    database,
  });
  const { container, close } = worker;
  try {
    if (from.is === 'queue')
      throw new Fault(
        'configuration',
        'a queue of SQS holds what a worker on AWS gave up: redrive it with BACKEND=aws',
      );
    const messages = async (from: GivenUpFrom) => {
      if (from.is === 'files') return givenUpFiles(from.paths);
      const { database, names } = await container.get(PARTS).get();
      return new PostgresGivenUp(database, names, from.is === 'quarantine' ? 'quarantine' : 'dead letters');
    };
    await whereItIs(worker.open);
    const parts = { isDry, table: undefined, streamArn, stream: undefined };
    if (from.is === 'parked') return { redrive: parkedIn(container, parts), close };
    return { redrive: messagesIn(container, parts, await messages(from)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function onAws(config: Config, backend: AwsBackend, options: RedrivenOptions): Promise<Redriven> {
  const { definition, from, isDry, streamArn } = options;
  const container = compose(
    ...[awsModule(backend), awsIndexerModule(backend), streamsModule],
    systemModule({ ...options.log, level: config.logLevel }, config),
    ...[definitionModule(definition), noMetricsModule],
  );
  container.bind(READER_METRICS).toConstantValue(new NoMetrics());
  const close = () => container.unbindAllAsync();
  try {
    const parts: RedriveParts = {
      ...{ isDry, table: backend.table, streamArn },
      stream: (arn) => new DynamoDbStreamSource(container.get(DynamoDBStreamsClient), arn),
    };
    if (from.is === 'parked') return { redrive: parkedIn(container, parts), close };
    const messages = from.is === 'files' ? await givenUpFiles(from.paths) : queueOf(container, backend, from);
    return { redrive: messagesIn(container, parts, messages), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type GivenUpFrom = Exclude<From, { is: 'parked' }>;

function messagesIn(
  container: Container,
  parts: RedriveParts,
  messages: GivenUpMessages,
): Redriven['redrive'] {
  const redrive = redriveIn(container, parts);
  const { isDry } = parts;
  return ({ rate, skipRefused }, ...rest) => {
    if (skipRefused) throw new Fault('configuration', '--skip-refused is for parked items: leave it out');
    return redrive.execute(messages, { isDry, rate }, ...rest);
  };
}

function parkedIn(container: Container, parts: RedriveParts): Redriven['redrive'] {
  const redrive = redriveParkedIn(container, parts);
  return (options, ...rest) => redrive.execute({ ...options, isDry: parts.isDry }, ...rest);
}

function queueOf(container: Container, backend: AwsBackend, from: GivenUpFrom): GivenUpMessages {
  if (from.is === 'dead-letters')
    throw new Fault(
      'configuration',
      'on AWS dead letters are on a queue of their own: give its URL as FROM (SearchDeadLettersUrl of the stack)',
    );
  const url = from.is === 'queue' ? from.url : backend.quarantineUrl;
  if (url === undefined)
    throw new Fault(
      'configuration',
      `${QUARANTINE_QUEUE_VARIABLE} is not set: set it, or give the URL of the queue as FROM`,
    );
  const setting = from.is === 'queue' ? 'FROM' : QUARANTINE_QUEUE_VARIABLE;
  return new SqsGivenUp(container.get(SQSClient), { queueUrl: url, setting, holdsOf: givenUpIn });
}

async function givenUpFiles(paths: readonly string[]): Promise<GivenUpMessages> {
  return new GivenUpFiles(await openSources(await filesOf(paths)));
}
