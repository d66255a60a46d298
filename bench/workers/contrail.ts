import { createWriteStream } from 'node:fs';
import { ContainerModule } from 'inversify';
import { documentClientOf, observed } from '../../src/adapters/aws/clients.ts';
import { DynamoDbTableGenerations } from '../../src/adapters/aws/electrodb/generations/dynamodb-table-generations.ts';
import { ElectroDbImageRepository } from '../../src/adapters/aws/electrodb/images/electrodb-image-repository.ts';
import { ElectroDbMatcherRepository } from '../../src/adapters/aws/electrodb/matcher/electrodb-matcher-repository.ts';
import { ElectroDbDerivedRowRepository } from '../../src/adapters/aws/electrodb/rows/electrodb-derived-row-repository.ts';
import { ElectroDbEffectLog } from '../../src/adapters/aws/electrodb/effects/electrodb-effect-log.ts';
import { EmfMetrics } from '../../src/adapters/aws/emf/emf-metrics.ts';
import { SqsSearchQueue } from '../../src/adapters/aws/sqs/sqs-search-queue.ts';
import { DerivedRowRepository } from '../../src/application/ports/derived-row-repository.ts';
import { EffectLog } from '../../src/application/ports/effect-log.ts';
import { ImageRepository } from '../../src/application/ports/image-repository.ts';
import { MatcherRepository } from '../../src/application/ports/matcher-repository.ts';
import { Metrics } from '../../src/application/ports/metrics.ts';
import { SearchQueue } from '../../src/application/ports/search-queue.ts';
import { TableGenerations } from '../../src/application/ports/table-generations.ts';
import type { TableDefinition } from '../../src/domain/definition/define-table.ts';
import { compose, streamWorker } from '../../src/entrypoints/composition/container.ts';
import { systemModule } from '../../src/entrypoints/composition/system.module.ts';
import { definitionModule } from '../../src/entrypoints/composition/table-model.ts';
import { readConfig } from '../../src/entrypoints/config.ts';
import { handlerOf } from '../../src/entrypoints/lambda/handler-of.ts';
import { fleet } from '../../src/fleet/definition.ts';
import type { Downstream } from '../model/modelled-aws.ts';
import type { Worker } from './worker.ts';

/** Where log lines and metrics go: written, as in Lambda, and read by nobody. */
const nowhere = createWriteStream('/dev/null');

/** Contrail as it is deployed, on its AWS adapters and default configuration, with clients that are given to it. */
export function contrail(
  downstream: Downstream,
  logLevel: 'info' | 'silent' = 'info',
  definition: TableDefinition = fleet,
): Worker {
  const { table, stateTable, queueUrl } = downstream;
  const { backend, retries, failureMode, deadlineMarginMs } = readConfig({
    TABLE_NAME: table,
    STATE_TABLE_NAME: stateTable,
    TYPESENSE_QUEUE_URL: queueUrl,
  });
  if (backend.kind !== 'aws') throw new Error('the default backend is AWS');
  const adapters = new ContainerModule(({ bind }) => {
    const metrics = new EmfMetrics({ ...backend.metrics, stream: nowhere });
    const client = documentClientOf(observed(downstream.dynamodb, metrics));
    const { concurrency, maxBatchBytes } = backend;
    const { keys } = definition.model;
    bind(Metrics).toConstantValue(metrics);
    bind(ImageRepository).toConstantValue(new ElectroDbImageRepository(client, table, keys, { concurrency }));
    bind(TableGenerations).toConstantValue(new DynamoDbTableGenerations(client, { stateTable }));
    bind(MatcherRepository).toConstantValue(
      new ElectroDbMatcherRepository(client, { table, stateTable, keys }),
    );
    bind(DerivedRowRepository).toConstantValue(
      new ElectroDbDerivedRowRepository(client, { table, stateTable, keys }),
    );
    bind(EffectLog).toConstantValue(new ElectroDbEffectLog(client, { stateTable }));
    bind(SearchQueue).toConstantValue(
      new SqsSearchQueue(observed(downstream.sqs, metrics), { queueUrl, maxBatchBytes, concurrency }),
    );
  });
  const container = compose(
    adapters,
    systemModule({ level: logLevel, stream: nowhere, readable: false }, { retries }),
    definitionModule(definition),
  );
  const handler = handlerOf(streamWorker(container), { failureMode, deadlineMarginMs });
  return {
    handle: async (records) => {
      const { batchItemFailures } = await handler({ Records: records });
      if (batchItemFailures.length > 0) throw new Error('Contrail reported a failed record');
    },
  };
}
