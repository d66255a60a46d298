import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'chai';
import { ContainerModule } from 'inversify';
import { EventSource } from '../../local/lambda/event-source.ts';
import { StreamReader } from '../../local/lambda/stream-reader.ts';
import { drainQueue } from '../../local/proof/drain-queue.ts';
import { TableDerivedState } from '../../local/proof/table-derived-state.ts';
import { workerEnvironment } from '../../local/servers/servers.ts';
import { createMainTable, createStateTable, createTable } from '../../local/servers/tables.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { MemorySearchIndex } from '../../src/adapters/memory/memory-search-index.ts';
import { Metrics } from '../../src/application/ports/metrics.ts';
import { verify } from '../../src/application/verify/verify.ts';
import { backendModule } from '../../src/entrypoints/composition/backend.ts';
import { compose, streamWorker } from '../../src/entrypoints/composition/container.ts';
import { systemModule } from '../../src/entrypoints/composition/system.module.ts';
import { definitionModule } from '../../src/entrypoints/composition/table-model.ts';
import { readConfig } from '../../src/entrypoints/config.ts';
import { handlerOf } from '../../src/entrypoints/lambda/handler-of.ts';
import { range } from '../support/range.ts';
import { readingsTable, TIMES } from '../support/readings.ts';
import { unique } from '../support/unique.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

describeWithServers('a table whose sort key is a number, on DynamoDB, through its stream', () => {
  const before = { ...process.env };

  afterEach(() => {
    for (const name of Object.keys(process.env))
      if (!(name in before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  });

  it('given readings that come, change and go, when the stream is quiet, then nothing has drifted', async function () {
    this.timeout(120_000);
    const servers = await sharedServers();
    const { dynamodb, streams, sqs } = servers.clients;
    const [table, stateTable, ledger] = [unique('readings'), unique('readings-state'), unique('ledger')];
    const definition = readingsTable(ledger);
    const streamArn = await createMainTable(dynamodb, table, definition.model.keys);
    await createStateTable(dynamodb, stateTable);
    await createTable(dynamodb, ledger, {
      ...{ partition: 'number', partitionType: 'N' },
      ...{ sort: 'digest', sortType: 'B' },
    });
    const queueUrl = await servers.sqs.createFifoQueue(table);
    const environment = {
      ...workerEnvironment(servers),
      TABLE_NAME: table,
      STATE_TABLE_NAME: stateTable,
      TYPESENSE_QUEUE_URL: queueUrl,
    };
    // The SDK finds the servers by it.
    Object.assign(process.env, environment);
    const config = readConfig(environment);
    const container = compose(
      backendModule(config.backend),
      systemModule({ level: 'silent', stream: process.stderr, readable: false }, config),
      definitionModule(definition),
      // Its own would write a line for each batch.
      new ContainerModule(({ rebind }) => void rebind(Metrics).toConstantValue(new MemoryMetrics())),
    );

    for (const n of range(200)) {
      const key = { device: `D${n % 4}`, at: TIMES[(n * 7) % TIMES.length]! };
      const write =
        n % 5 === 4
          ? { DeleteRequest: { Key: marshall(key) } }
          : { PutRequest: { Item: marshall({ ...key, value: (n * 37) % 100 }) } };
      await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: [write] } }));
    }

    const handler = handlerOf(streamWorker(container), { failureMode: 'report', deadlineMarginMs: 0 });
    const source = new EventSource(handler, { batchSize: 50 });
    await new StreamReader(streams, streamArn).read((records) => source.deliver(records));
    expect(source.givenUp).to.deep.equal([]);
    const index = new MemorySearchIndex();
    await drainQueue(sqs, queueUrl, index);
    const state = new TableDerivedState(dynamodb, table, index, definition, [
      { table: ledger, keys: ['number', 'digest'] },
    ]);
    const { checked, drift } = await verify(state, definition);
    expect(drift).to.deep.equal([]);
    expect(checked.search).to.be.greaterThan(20);
    expect(checked.defaultImages).to.equal(4);
    expect(checked.matcher).to.be.greaterThan(3);
    expect(checked.derivedRows).to.be.greaterThan(10);
    await container.unbindAllAsync();
  });
});
