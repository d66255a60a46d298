import { access } from 'node:fs/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createSqsClient } from '../../../adapters/aws/clients.ts';
import { alarmsOf, topicsOf } from '../../../adapters/aws/doctor/alarm-facts.ts';
import { lookAtQueue, lookAtQueueOf } from '../../../adapters/aws/doctor/queue-facts.ts';
import { expiryOf, isRestorable, unknownForms } from '../../../adapters/aws/doctor/state-facts.ts';
import { lookAtTable } from '../../../adapters/aws/doctor/table-facts.ts';
import { readGenerations } from '../../../adapters/aws/electrodb/generations/dynamodb-table-generations.ts';
import { DynamoDbShardStates } from '../../../adapters/aws/electrodb/shards/dynamodb-shard-states.ts';
import { lookAtCollections } from '../../../adapters/typesense/look-at-collections.ts';
import type { CollectionFacts, QueueFacts, TableFacts } from '../../../application/doctor/facts.ts';
import { Fault } from '../../../domain/fault.ts';
import { searchSchemas } from '../../../domain/search-schemas.ts';
import { typesenseClient } from '../../composition/indexer.ts';
import { readEngine } from '../index-documents/settings.ts';
import { NoMetrics } from '../../no-metrics.ts';
import { deniedGatherer } from './denied-gatherer.ts';
import { named, type Sought } from './gatherers.ts';
import type { MappingGatherers } from './mapping-gatherers.ts';
import type { StateGatherers } from './postgres-gatherers.ts';

/** What is known of the rest. */
export interface Beside extends Pick<MappingGatherers, 'mapping' | 'worker' | 'ofQueue'> {
  readonly dynamodb: DynamoDBClient;
  readonly documents: DynamoDBDocumentClient;
  readonly tableThere: () => Promise<TableFacts>;
  readonly streamArn: () => Promise<string>;
}

/** Of the state table, the queues, the search engine, and what watches them. */
export function awsGatherers(sought: Sought, beside: Beside): StateGatherers {
  const { wanted, environment, limit, lambda, options } = sought;
  const { dynamodb, documents } = beside;
  const hasEndpoint = Boolean(environment['AWS_ENDPOINT_URL_SQS'] || environment['AWS_ENDPOINT_URL']);
  const sqs = createSqsClient(2, new NoMetrics(), { useQueueUrlAsEndpoint: !hasEndpoint });
  const state = () => named(environment, 'STATE_TABLE_NAME');
  const queue = (variable: string) =>
    limit.once(async (signal) => lookAtQueue(sqs, named(environment, variable), variable, signal));
  const stateTable = limit.once(
    async (signal) => (await lookAtTable(dynamodb, state(), 'STATE_TABLE_NAME', signal)).table,
  );
  const searchQueue = queue('TYPESENSE_QUEUE_URL');
  const quarantine = queue('QUARANTINE_QUEUE_URL');
  const deadLetters = limit.once(async (signal) => {
    const arn = there(await searchQueue()).deadLetters?.arn;
    // The check says that there is none.
    return arn === undefined ? { absent: 'dead-letter queue' } : lookAtQueueOf(sqs, arn, signal);
  });
  const indexerMapping = limit.once(async () => beside.ofQueue(there(await searchQueue())));
  const indexer = limit.once(async (signal) =>
    lambda.functionNamed((await indexerMapping()).function, signal),
  );
  const targets = limit.once(async (signal) => {
    const { rowsIn = [] } = options;
    if (rowsIn.length === 0)
      throw new Fault('configuration', 'nothing says where rows are derived into: give --rows-in TABLE…');
    return Promise.all(
      rowsIn.map(async (name) => (await lookAtTable(dynamodb, name, '--rows-in', signal)).table),
    );
  });
  const alarms = limit.once(async (signal) => {
    const of = async (names: () => Promise<readonly string[]>) => names().catch(() => []);
    const nameOf = (one: QueueFacts | { readonly absent: string }) =>
      'absent' in one ? [] : [one.arn.split(':').at(-1) ?? ''];
    const watched = await Promise.all([
      of(async () => [(await beside.worker()).name]),
      of(async () => [(await beside.mapping()).id]),
      of(async () => [(await indexer()).name]),
      ...[searchQueue, deadLetters, quarantine].map((each) => of(async () => nameOf(await each()))),
    ]);
    return alarmsOf(new Set(watched.flat()), signal);
  });
  return {
    gatherers: {
      stateTable,
      stateExpiry: limit.once(async (signal) => expiryOf(dynamodb, state(), signal)),
      stateRestorable: limit.once(async (signal) => isRestorable(dynamodb, state(), signal)),
      stateForms: limit.once(async (signal) => unknownForms(documents, state(), signal)),
      followed: limit.once(async (signal) => (await readGenerations(documents, state(), signal))?.newest),
      ...{ searchQueue, deadLetters, quarantine, indexerMapping, indexer, targets, alarms },
      collections: limit.once((signal) => collections(sought, signal)),
      topics: limit.once(async (signal) => {
        const actions = (await alarms()).flatMap((alarm) => alarm.actions);
        const topics = new Set(actions.filter((arn) => /^arn:[^:]+:sns:/.test(arn)));
        return topicsOf([...topics], signal);
      }),
      denied: deniedGatherer({
        ...{ wanted, environment, limit, beside, stateTable, searchQueue, quarantine, indexer, targets },
      }),
    },
    shards: async () => new DynamoDbShardStates(documents, { stateTable: state() }),
    close: async () => {
      sqs.destroy();
    },
  };
}

/** @throws Fault `configuration` where it is not there. */
export function there<T extends object>(found: T | { readonly absent: string }): T {
  if ('absent' in found) throw new Fault('configuration', `there is no ${found.absent}`);
  return found;
}

async function collections(
  { environment, wanted: { model } }: Sought,
  signal: AbortSignal,
): Promise<readonly CollectionFacts[]> {
  const engine = readEngine(environment);
  if (engine.kind === 'typesense')
    return lookAtCollections(typesenseClient(engine), searchSchemas(model.documents), signal);
  const { folder } = engine;
  const problem = await access(folder).then(
    () => undefined,
    () => `the folder ${folder} cannot be read: contrail index makes it`,
  );
  const names = new Set(model.documents.map(({ collection }) => collection));
  return Array.from(names, (collection) => ({
    ...{ collection, engine: `the folder ${folder}`, problem, differences: [] },
  }));
}
