import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'chai';
import { ContainerModule } from 'inversify';
import { EventSource } from '../../local/lambda/event-source.ts';
import { StreamReader } from '../../local/lambda/stream-reader.ts';
import { drainQueue } from '../../local/proof/drain-queue.ts';
import { TableDerivedState } from '../../local/proof/table-derived-state.ts';
import { workerEnvironment } from '../../local/servers/servers.ts';
import { createMainTable, createStateTable } from '../../local/servers/tables.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { MemorySearchIndex } from '../../src/adapters/memory/memory-search-index.ts';
import { Metrics } from '../../src/application/ports/metrics.ts';
import { verify } from '../../src/application/verify/verify.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row } from '../../src/domain/definition/row.ts';
import { backendModule } from '../../src/entrypoints/composition/backend.ts';
import { compose, streamWorker } from '../../src/entrypoints/composition/container.ts';
import { systemModule } from '../../src/entrypoints/composition/system.module.ts';
import { definitionModule } from '../../src/entrypoints/composition/table-model.ts';
import { readConfig } from '../../src/entrypoints/config.ts';
import { handlerOf } from '../../src/entrypoints/lambda/handler-of.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<{
  readonly status: string;
  readonly total: number;
  readonly tags?: Set<string>;
}>();

const shop = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: {
    order_search: documents(order, {
      collection: 'orders',
      fields: ['status', 'total'],
      where: ({ attributes }) => attributes.status !== 'draft',
    }),
    spend: counts(order, {
      by: ({ key }) => ({ customer: key.customer }),
      amount: 'total',
      at: { PK: 'CUSTOMER#<customer>', SK: 'SPEND' },
    }),
    orders_by_tag: counts(order, {
      by: ({ attributes }) => [...(attributes.tags ?? [])].map((tag) => ({ tag })),
      at: { PK: 'TAGS', SK: 'TAG#<tag>' },
    }),
    latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status', 'total'] }),
  },
});

describeWithServers('a shop on DynamoDB, through its stream', () => {
  const before = { ...process.env };

  afterEach(() => {
    for (const name of Object.keys(process.env))
      if (!(name in before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  });

  it('given orders that come, change and go, when the stream is quiet, then nothing has drifted', async function () {
    this.timeout(120_000);
    const servers = await sharedServers();
    const { dynamodb, streams, sqs } = servers.clients;
    const [table, stateTable] = [unique('shop'), unique('shop-state')];
    const streamArn = await createMainTable(dynamodb, table);
    await createStateTable(dynamodb, stateTable);
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
      definitionModule(shop),
      // Its own would write a line for each batch.
      new ContainerModule(({ rebind }) => void rebind(Metrics).toConstantValue(new MemoryMetrics())),
    );

    const writes = range(400).map((n) => {
      const keys = { PK: `CUSTOMER#${n % 7}`, SK: `ORDER#${(n * 13) % 61}` };
      const tags = n % 3 === 0 ? {} : { tags: new Set([`t${n % 5}`, `t${n % 4}`]) };
      const attributes = { status: n % 4 === 0 ? 'draft' : 'paid', total: n / 4, ...tags };
      return n % 9 === 8
        ? { DeleteRequest: { Key: marshall(keys) } }
        : { PutRequest: { Item: marshall({ ...keys, ...attributes }) } };
    });
    for (const write of writes)
      await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: [write] } }));

    const handler = handlerOf(streamWorker(container), { failureMode: 'report', deadlineMarginMs: 0 });
    const source = new EventSource(handler, { batchSize: 50 });
    await new StreamReader(streams, streamArn).read((records) => source.deliver(records));
    expect(source.givenUp).to.deep.equal([]);
    const index = new MemorySearchIndex();
    await drainQueue(sqs, queueUrl, index);
    const { checked, drift } = await verify(new TableDerivedState(dynamodb, table, index, shop), shop);
    expect(drift).to.deep.equal([]);
    expect(checked.search).to.be.greaterThan(100);
    expect(checked.defaultImages).to.equal(7);
    expect(checked.matcher).to.equal(7 + 5);
    await container.unbindAllAsync();
  });
});
