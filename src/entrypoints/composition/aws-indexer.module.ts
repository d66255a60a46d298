import { SQSClient } from '@aws-sdk/client-sqs';
import { ContainerModule } from 'inversify';
import { EmfMetrics } from '../../adapters/aws/emf/emf-metrics.ts';
import { DynamoDbKeptChanges } from '../../adapters/aws/electrodb/parking/dynamodb-kept-changes.ts';
import { KeptChanges } from '../../application/ports/kept-changes.ts';
import { DynamoDbSearchFences } from '../../adapters/aws/electrodb/search/dynamodb-search-fences.ts';
import { DynamoDbSourceRows } from '../../adapters/aws/electrodb/search/dynamodb-source-rows.ts';
import { SqsSearchActionSource } from '../../adapters/aws/sqs/sqs-search-action-source.ts';
import { ALWAYS_PUBLISHED, Metrics } from '../../application/ports/metrics.ts';
import { SearchActionSource } from '../../application/ports/search-action-source.ts';
import { SearchFences } from '../../application/ports/search-fences.ts';
import { SourceRows } from '../../application/ports/source-rows.ts';
import type { AwsBackend } from '../config.ts';
import { invocationFields } from '../invocation.ts';
import { DOCUMENT_CLIENT } from './aws.module.ts';
import { TABLE_MODEL } from './table-model.ts';

/** What only an indexer needs, beside `awsModule`, whose clients it takes, and with metrics of its own: a worker starts without it. */
export function awsIndexerModule({
  table,
  stateTable,
  queueUrl,
  visibilityMs,
  concurrency,
  allowStandardQueue,
  metrics,
}: AwsBackend): ContainerModule {
  return new ContainerModule(({ bind, rebind }) => {
    rebind(Metrics).toResolvedValue(
      () =>
        new EmfMetrics({
          ...{ ...metrics, stream: process.stdout, fields: invocationFields },
          always: ALWAYS_PUBLISHED.indexer,
        }),
      [],
    );
    bind(SearchFences).toResolvedValue(
      (client) => new DynamoDbSearchFences(client, { stateTable, concurrency }),
      [DOCUMENT_CLIENT],
    );
    bind(KeptChanges).toResolvedValue(
      (client) => new DynamoDbKeptChanges(client, { stateTable, table }),
      [DOCUMENT_CLIENT],
    );
    bind(SourceRows).toResolvedValue(
      (client, { keys }) => new DynamoDbSourceRows(client, table, keys),
      [DOCUMENT_CLIENT, TABLE_MODEL],
    );
    if (queueUrl !== undefined)
      bind(SearchActionSource).toResolvedValue(
        (client) =>
          new SqsSearchActionSource(client, {
            ...{ queueUrl, visibilityMs, concurrency },
            allowStandard: allowStandardQueue,
          }),
        [SQSClient],
      );
  });
}
