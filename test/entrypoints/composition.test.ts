import { SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { ContainerModule } from 'inversify';
import sinon from 'sinon';
import { SqsQuarantine } from '../../src/adapters/aws/sqs/sqs-quarantine.ts';
import { Clock } from '../../src/application/ports/clock.ts';
import { DerivedState } from '../../src/application/ports/derived-state.ts';
import { ImageRepository } from '../../src/application/ports/image-repository.ts';
import { Logger } from '../../src/application/ports/logger.ts';
import { MatcherRepository } from '../../src/application/ports/matcher-repository.ts';
import { ALWAYS_PUBLISHED, Metrics } from '../../src/application/ports/metrics.ts';
import { EmfMetrics } from '../../src/adapters/aws/emf/emf-metrics.ts';
import { Quarantine } from '../../src/application/ports/quarantine.ts';
import { SearchActionSource } from '../../src/application/ports/search-action-source.ts';
import { SearchFences } from '../../src/application/ports/search-fences.ts';
import { SearchIndex } from '../../src/application/ports/search-index.ts';
import { SourceRows } from '../../src/application/ports/source-rows.ts';
import { SearchQueue } from '../../src/application/ports/search-queue.ts';
import { TableGenerations } from '../../src/application/ports/table-generations.ts';
import { TableReplica } from '../../src/application/ports/table-replica.ts';
import { ProcessBatch } from '../../src/application/process-batch.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import { Fault } from '../../src/domain/fault.ts';
import { awsIndexerModule } from '../../src/entrypoints/composition/aws-indexer.module.ts';
import { backendModule } from '../../src/entrypoints/composition/backend.ts';
import { compose, streamWorker } from '../../src/entrypoints/composition/container.ts';
import { memoryModule } from '../../src/entrypoints/composition/memory.module.ts';
import { systemModule } from '../../src/entrypoints/composition/system.module.ts';
import { definitionModule } from '../../src/entrypoints/composition/table-model.ts';
import { readConfig } from '../../src/entrypoints/config.ts';
import { handlerOf } from '../../src/entrypoints/lambda/handler-of.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { shop } from '../support/shop.ts';
import { registrationRecord } from '../support/stream-records.ts';

const system = systemModule({ level: 'silent', stream: process.stderr, readable: false });

/** A port of this test's own. */
class ListQueue extends SearchQueue {
  readonly actions: SearchAction[] = [];

  override async send(actions: readonly SearchAction[]): Promise<readonly 'done'[]> {
    this.actions.push(...actions);
    return actions.map(() => 'done');
  }
}

const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/111122223333/search.fifo';
const { backend: aws } = readConfig({
  TABLE_NAME: 'fleet',
  STATE_TABLE_NAME: 'state',
  TYPESENSE_QUEUE_URL: queueUrl,
});
if (aws.kind !== 'aws') throw new Error(aws.kind);

describe('the composition', () => {
  it('given the AWS backend, when composed, then every root resolves, each once, on one client a service', async () => {
    const container = compose(backendModule(aws), system);
    for (const root of [ProcessBatch, SearchQueue, ImageRepository, MatcherRepository, Metrics])
      expect(container.get<unknown>(root)).to.be.instanceOf(root).and.to.equal(container.get<unknown>(root));
    expect(container.get(TableReplica, { optional: true })).to.equal(undefined);

    const client = container.get(SQSClient);
    const destroy = sinon.spy(client, 'destroy');
    await container.unbindAllAsync();
    expect(destroy.callCount, 'closed with the container').to.equal(1);
  });

  it('given a worker and an indexer on AWS, then each publishes its own zeros, and none of the other’s', () => {
    for (const [role, ...more] of [['worker'], ['indexer', awsIndexerModule(aws)]] as const) {
      const write = sinon.stub(process.stdout, 'write');
      let lines: readonly unknown[];
      try {
        compose(backendModule(aws), ...more, system)
          .get(Metrics)
          .flush();
        lines = write.args.map(([line]): unknown => JSON.parse(String(line)));
      } finally {
        write.restore();
      }
      const [{ _aws, service, ...figures } = {}] = lines as Record<string, unknown>[];
      expect(figures).to.deep.equal(Object.fromEntries(ALWAYS_PUBLISHED[role].map((name) => [name, 0])));
      expect(service, String(_aws)).to.be.a('string');
    }
  });

  it('given a quarantine queue, when composed, then the worker has a quarantine, and otherwise none', () => {
    const quarantineUrl = 'https://sqs.eu-central-1.amazonaws.com/111122223333/quarantine';
    expect(compose(backendModule({ ...aws, quarantineUrl }), system).get(Quarantine)).to.be.instanceOf(
      SqsQuarantine,
    );
    expect(compose(backendModule(aws), system).get(Quarantine, { optional: true })).to.equal(undefined);
  });

  it('given no search queue, when composed, then the worker needs none, and a document is refused, not lost', async () => {
    const container = compose(backendModule({ ...aws, queueUrl: undefined }), system);
    expect(container.get(ProcessBatch)).to.be.instanceOf(ProcessBatch);
    const refusal = await container
      .get(SearchQueue)
      .send([])
      .catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(Fault).and.to.include({ kind: 'configuration' });
    expect((refusal as Fault).message).to.contain('TYPESENSE_QUEUE_URL is not set');
  });

  it('given a queue that is not FIFO, when composed, then it is refused with the reason', () => {
    const container = compose(backendModule({ ...aws, queueUrl: queueUrl.replace('.fifo', '') }), system);
    expect(() => container.get(ProcessBatch)).to.throw(Fault, /FIFO|fifo/);
  });

  it('given the memory backend, when chosen by configuration, then it is the memory module', () => {
    expect(backendModule({ kind: 'memory' })).to.equal(memoryModule);
  });

  it('given the memory backend, when composed, then every root resolves, each once', () => {
    const container = compose(memoryModule, system);
    for (const root of [
      ProcessBatch,
      Clock,
      Logger,
      SearchQueue,
      ImageRepository,
      MatcherRepository,
      TableReplica,
      TableGenerations,
      DerivedState,
    ])
      expect(container.get<unknown>(root)).to.be.instanceOf(root).and.to.equal(container.get<unknown>(root));
  });

  it('given the PostgreSQL backend, when composed, then every root resolves, each once, and closes unopened', async () => {
    const postgres = readConfig({
      BACKEND: 'postgres',
      DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/app',
      DATABASE_QUARANTINE: 'true',
    });
    const container = compose(backendModule(postgres.backend), system);
    for (const root of [
      ...[ProcessBatch, SearchQueue, SearchActionSource, SearchIndex, SearchFences, SourceRows],
      ...[
        ImageRepository,
        MatcherRepository,
        TableReplica,
        TableGenerations,
        DerivedState,
        Quarantine,
        Metrics,
      ],
    ])
      expect(container.get<unknown>(root)).to.be.instanceOf(root).and.to.equal(container.get<unknown>(root));
    expect(container.get(Metrics), 'published').to.be.instanceOf(EmfMetrics);
    await container.unbindAllAsync();
  });

  it('given another search queue, when one line rebinds the port, then the worker uses it', async () => {
    const queue = new ListQueue();
    const container = compose(
      memoryModule,
      system,
      new ContainerModule(({ rebind }) => void rebind(SearchQueue).toConstantValue(queue)),
    );
    await handlerOf(streamWorker(container), { failureMode: 'report', deadlineMarginMs: 0 })({
      Records: [registrationRecord('N1')],
    });
    expect(queue.actions.map(({ key }) => key)).to.deep.equal([{ collection: 'registry', id: 'FAA:N1' }]);
  });

  it('given no definition, when composed, then the worker is the fleet’s, and otherwise that of the given one', () => {
    for (const backend of [memoryModule, backendModule(aws)]) {
      expect(streamWorker(compose(backend, system)).model).to.equal(fleet.model);
      expect(streamWorker(compose(backend, system, definitionModule(shop))).model).to.equal(shop.model);
    }
  });
});
