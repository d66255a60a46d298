import { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { createDynamoDbClient, createSqsClient, documentClientOf } from '../../adapters/aws/clients.ts';
import { ElectroDbEffectLog } from '../../adapters/aws/electrodb/effects/electrodb-effect-log.ts';
import { DynamoDbTableGenerations } from '../../adapters/aws/electrodb/generations/dynamodb-table-generations.ts';
import { ElectroDbImageRepository } from '../../adapters/aws/electrodb/images/electrodb-image-repository.ts';
import { ElectroDbMatcherRepository } from '../../adapters/aws/electrodb/matcher/electrodb-matcher-repository.ts';
import { DynamoDbParkedItems } from '../../adapters/aws/electrodb/parking/dynamodb-parked-items.ts';
import { ElectroDbDerivedRowRepository } from '../../adapters/aws/electrodb/rows/electrodb-derived-row-repository.ts';
import { SEARCH_QUEUE_VARIABLE } from '../../adapters/aws/sqs/queue-url.ts';
import { SqsQuarantine } from '../../adapters/aws/sqs/sqs-quarantine.ts';
import { SqsSearchQueue } from '../../adapters/aws/sqs/sqs-search-queue.ts';
import { EmfMetrics } from '../../adapters/aws/emf/emf-metrics.ts';
import { DerivedRowRepository } from '../../application/ports/derived-row-repository.ts';
import { EffectLog } from '../../application/ports/effect-log.ts';
import { ImageRepository } from '../../application/ports/image-repository.ts';
import { MatcherRepository } from '../../application/ports/matcher-repository.ts';
import { Metrics } from '../../application/ports/metrics.ts';
import { ParkedItems } from '../../application/ports/parked-items.ts';
import { Quarantine } from '../../application/ports/quarantine.ts';
import { SearchQueue } from '../../application/ports/search-queue.ts';
import { TableGenerations } from '../../application/ports/table-generations.ts';
import { Fault } from '../../domain/fault.ts';
import type { AwsBackend } from '../config.ts';
import { invocationFields } from '../invocation.ts';
import { TABLE_MODEL } from './table-model.ts';

/** The document client's own class has no public constructor, so it cannot be its token. */
export const DOCUMENT_CLIENT: ServiceIdentifier<DynamoDBDocumentClient> = Symbol('DynamoDBDocumentClient');

/**
 * `BACKEND=aws`: DynamoDB through ElectroDB, and SQS. One client per service, made when first needed, its
 * connections kept alive and closed with the container. Region, credentials and endpoints are the SDK's own
 * variables.
 */
export function awsModule({
  table,
  stateTable,
  queueUrl,
  maxBatchBytes,
  allowStandardQueue,
  hasQueueEndpoint,
  quarantineUrl,
  concurrency,
  maxAttempts,
  metrics,
}: AwsBackend): ContainerModule {
  return new ContainerModule(({ bind, onDeactivation }) => {
    bind(Metrics).toResolvedValue(
      () => new EmfMetrics({ ...metrics, stream: process.stdout, fields: invocationFields }),
      [],
    );
    bind(DOCUMENT_CLIENT).toResolvedValue(
      (counter) => documentClientOf(createDynamoDbClient(maxAttempts, counter)),
      [Metrics],
    );
    bind(SQSClient).toResolvedValue(
      (counter) => createSqsClient(maxAttempts, counter, { useQueueUrlAsEndpoint: !hasQueueEndpoint }),
      [Metrics],
    );
    onDeactivation(DOCUMENT_CLIENT, (client) => client.destroy());
    onDeactivation(SQSClient, (client) => client.destroy());

    bind(ImageRepository).toResolvedValue(
      (client, { keys }) => new ElectroDbImageRepository(client, table, keys, { concurrency }),
      [DOCUMENT_CLIENT, TABLE_MODEL],
    );
    bind(MatcherRepository).toResolvedValue(
      (client, { keys }) => new ElectroDbMatcherRepository(client, { table, stateTable, keys }),
      [DOCUMENT_CLIENT, TABLE_MODEL],
    );
    bind(DerivedRowRepository).toResolvedValue(
      (client, { keys }) => new ElectroDbDerivedRowRepository(client, { table, stateTable, keys }),
      [DOCUMENT_CLIENT, TABLE_MODEL],
    );
    bind(EffectLog).toResolvedValue(
      (client) => new ElectroDbEffectLog(client, { stateTable }),
      [DOCUMENT_CLIENT],
    );
    bind(ParkedItems).toResolvedValue(
      (client) => new DynamoDbParkedItems(client, { stateTable, table }),
      [DOCUMENT_CLIENT],
    );
    bind(TableGenerations).toResolvedValue(
      (client) => new DynamoDbTableGenerations(client, { stateTable }),
      [DOCUMENT_CLIENT],
    );
    if (queueUrl === undefined) bind(SearchQueue).toResolvedValue(() => new NoSearchQueue(), []);
    else
      bind(SearchQueue).toResolvedValue(
        (client) =>
          new SqsSearchQueue(client, {
            queueUrl,
            maxBatchBytes,
            allowStandard: allowStandardQueue,
            concurrency,
          }),
        [SQSClient],
      );
    if (quarantineUrl !== undefined)
      bind(Quarantine).toResolvedValue(
        (client) => new SqsQuarantine(client, { queueUrl: quarantineUrl, concurrency }),
        [SQSClient],
      );
  });
}

/** Where nothing is sent, because there are no documents. */
class NoSearchQueue extends SearchQueue {
  override send(): Promise<never> {
    return Promise.reject(
      new Fault(
        'configuration',
        `${SEARCH_QUEUE_VARIABLE} is not set, and there is a document to send: set it`,
      ),
    );
  }
}
