import { setImmediate as othersHaveRun } from 'node:timers/promises';
import { DeleteItemCommand, PutItemCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'chai';
import { type Container, ContainerModule } from 'inversify';
import { EventSource } from '../../local/lambda/event-source.ts';
import { StreamReader } from '../../local/lambda/stream-reader.ts';
import { TableDerivedState } from '../../local/proof/table-derived-state.ts';
import { workerEnvironment } from '../../local/servers/servers.ts';
import { createStateTable, createTable } from '../../local/servers/tables.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { MemorySearchEngine } from '../../src/adapters/memory/memory-search-engine.ts';
import {
  BringIntoLine,
  type BroughtTally,
  ZERO_BROUGHT,
} from '../../src/application/bring-into-line/bring-into-line.ts';
import { indexAll } from '../../src/application/index-all.ts';
import { IndexDocuments } from '../../src/application/index-documents.ts';
import { Clock } from '../../src/application/ports/clock.ts';
import { DerivedRowRepository } from '../../src/application/ports/derived-row-repository.ts';
import type { DerivedState } from '../../src/application/ports/derived-state.ts';
import { MatcherRepository } from '../../src/application/ports/matcher-repository.ts';
import { Metrics } from '../../src/application/ports/metrics.ts';
import { SearchActionSource } from '../../src/application/ports/search-action-source.ts';
import { SearchFences } from '../../src/application/ports/search-fences.ts';
import { SearchIndex } from '../../src/application/ports/search-index.ts';
import { SearchQueue } from '../../src/application/ports/search-queue.ts';
import { Sleeper } from '../../src/application/ports/sleeper.ts';
import { SourceRows } from '../../src/application/ports/source-rows.ts';
import { TableReplica } from '../../src/application/ports/table-replica.ts';
import { TableScan } from '../../src/application/ports/table-scan.ts';
import { ReconcileDefaultImage } from '../../src/application/reconcile-default-image.ts';
import { Retrier } from '../../src/application/retry.ts';
import { RunEffects } from '../../src/application/run-effects.ts';
import { verify } from '../../src/application/verify/verify.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';
import { Fault } from '../../src/domain/fault.ts';
import { awsIndexerModule } from '../../src/entrypoints/composition/aws-indexer.module.ts';
import { awsScanModule } from '../../src/entrypoints/composition/aws-scan.module.ts';
import { awsModule } from '../../src/entrypoints/composition/aws.module.ts';
import { compose, streamWorker } from '../../src/entrypoints/composition/container.ts';
import { indexDocumentsModule } from '../../src/entrypoints/composition/index-documents.module.ts';
import { systemModule } from '../../src/entrypoints/composition/system.module.ts';
import { definitionModule } from '../../src/entrypoints/composition/table-model.ts';
import { readConfig } from '../../src/entrypoints/config.ts';
import { handlerOf } from '../../src/entrypoints/lambda/handler-of.ts';
import { createPostgresWorker } from '../../src/entrypoints/postgres-worker.ts';
import { changeIn } from '../application/derived-rows.ts';
import { describeUnless } from '../support/describe-unless.ts';
import { range } from '../support/range.ts';
import { SourceTable, type TableRow } from '../support/stream-records.ts';
import { unique } from '../support/unique.ts';
import { PGLITE, type PostgresKind, SERVER } from './postgres.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<{
  readonly status: string;
  readonly total: number;
}>();

const shop = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: {
    search: documents(order, { collection: 'orders', fields: ['status', 'total'] }),
    spend: counts(order, { by: ['status'], amount: 'total', at: { PK: 'SPEND#<status>', SK: 'TOTAL' } }),
    copies: rows(order, {
      of: ({ key, attributes }) => ({
        key: { PK: 'COPIES', SK: `${key.customer} ${key.order}` },
        attributes: { status: attributes.status },
      }),
    }),
    latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status'] }),
  },
});

const STATUSES = ['open', 'paid', 'sent'] as const;

/** One of a few rows, as it is after so many writes. */
function orderAt(n: number): TableRow {
  const [PK, SK] = [`CUSTOMER#${n % 5}`, `ORDER#${(n * 13) % 12}`];
  return { PK, SK, status: STATUSES[n % STATUSES.length] ?? 'open', total: n };
}

/** A table whose rows were there before anything was derived, and a worker that follows it from now on. */
interface FullTable {
  readonly container: Container;
  readonly put: (row: TableRow) => Promise<unknown>;
  readonly remove: (row: TableRow) => Promise<unknown>;
  /** Has the worker handle what the stream has. */
  readonly handle: () => Promise<unknown>;
  /** Has the indexer carry out what is queued. */
  readonly index: () => Promise<unknown>;
  readonly state: DerivedState;
}

const SEGMENTS = 2;

/** Brings what is derived of all rows into line with them, as a scan finds them. */
async function fill({ container }: FullTable): Promise<Record<BroughtTally, number>> {
  const bring = new BringIntoLine({
    model: shop.model,
    rows: container.get(SourceRows),
    matcher: container.get(MatcherRepository),
    derivedRows: container.get(DerivedRowRepository),
    fences: container.get(SearchFences),
    queue: container.get(SearchQueue),
    pointers: container.get(ReconcileDefaultImage),
    effects: container.get(RunEffects),
    retrier: container.get(Retrier),
    clock: container.get(Clock),
  });
  const [scan, clock] = [container.get(TableScan), container.get(Clock)];
  const sum = { ...ZERO_BROUGHT };
  await Promise.all(
    range(SEGMENTS).map(async (segment) => {
      let from: string | undefined;
      do {
        const at = clock.now();
        const page = await scan.page({ segment, segments: SEGMENTS, from, limit: 7 });
        const found = page.rows.map(({ key, attributes }) => ({ key, scanned: { attributes, at } }));
        const { faults, tally } = await bring.execute(found);
        for (const fault of faults) if (Fault.is(fault)) throw fault;
        for (const name of Object.keys(sum) as BroughtTally[]) sum[name] += tally[name];
        from = page.next;
        // An embedded database answers without the event loop.
        await othersHaveRun();
      } while (from !== undefined);
    }),
  );
  return sum;
}

async function driftOf(table: FullTable) {
  await table.handle();
  await table.index();
  const { checked, drift } = await verify(table.state, shop);
  expect(checked.search, 'documents').to.be.greaterThan(20);
  expect(checked.derivedRows, 'rows').to.equal(checked.search);
  expect(checked.matcher, 'sums').to.equal(STATUSES.length);
  return drift;
}

/** Fills what is derived of a full table, twice, while its rows change, and then once more. */
async function fillsBesideChanges(table: FullTable): Promise<void> {
  const filling = (async () => {
    const first = await fill(table);
    await fill(table);
    return first;
  })();
  for (const n of range(120)) {
    const one = orderAt(100 + n * 7);
    await (n % 5 === 4 ? table.remove(one) : table.put(one));
    if (n % 8 === 0) await table.handle();
    if (n % 20 === 0) await table.index();
    await othersHaveRun();
  }
  const first = await filling;
  expect(first.counts, 'filled').to.be.greaterThan(0);
  expect(first.documents, 'filled').to.be.greaterThan(20);
  expect(await driftOf(table)).to.deep.equal([]);

  const { documents: sent, unchanged, ...written } = await fill(table);
  expect(written).to.deep.equal({ counts: 0, rows: 0, pointers: 0, effects: 0 });
  expect(sent).to.be.greaterThan(20);
  expect(unchanged).to.be.greaterThan(40);
  expect(await driftOf(table)).to.deep.equal([]);
}

const DESCRIBED = 'what is derived of a full table';
const TITLE = 'given rows that change while it is filled, when the stream is quiet, then nothing has drifted';

describeWithServers(`${DESCRIBED}, on DynamoDB`, () => {
  const before = { ...process.env };

  afterEach(() => {
    for (const name of Object.keys(process.env))
      if (!(name in before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  });

  it(TITLE, async function () {
    this.timeout(180_000);
    const servers = await sharedServers();
    const { dynamodb, streams } = servers.clients;
    const [TableName, stateTable] = [unique('full'), unique('full-state')];
    await createTable(dynamodb, TableName);
    await createStateTable(dynamodb, stateTable);
    const put = (one: TableRow) => dynamodb.send(new PutItemCommand({ TableName, Item: marshall(one) }));
    const remove = ({ PK, SK }: TableRow) =>
      dynamodb.send(new DeleteItemCommand({ TableName, Key: marshall({ PK, SK }) }));
    for (const n of range(90)) await put(orderAt(n));
    const { TableDescription } = await dynamodb.send(
      new UpdateTableCommand({
        TableName,
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
    const environment = {
      ...workerEnvironment(servers),
      TABLE_NAME: TableName,
      STATE_TABLE_NAME: stateTable,
      TYPESENSE_QUEUE_URL: await servers.sqs.createFifoQueue(TableName),
    };
    // The SDK finds the servers by it.
    Object.assign(process.env, environment);
    const config = readConfig(environment);
    if (config.backend.kind !== 'aws') throw new Error('it is no configuration of AWS');
    const engine = new MemorySearchEngine();
    const container = compose(
      ...[awsModule(config.backend), awsIndexerModule(config.backend), awsScanModule(config.backend)],
      ...[indexDocumentsModule, definitionModule(shop)],
      systemModule({ level: 'silent', stream: process.stderr, readable: false }, config),
      new ContainerModule(({ bind, rebind }) => {
        bind(SearchIndex).toConstantValue(engine);
        // Its own would write a line for each batch.
        void rebind(Metrics).toConstantValue(new MemoryMetrics());
      }),
    );
    const handler = handlerOf(streamWorker(container), { failureMode: 'report', deadlineMarginMs: 0 });
    const source = new EventSource(handler, { batchSize: 50 });
    const reader = new StreamReader(streams, TableDescription?.LatestStreamArn ?? '');
    await fillsBesideChanges({
      ...{ container, put, remove },
      handle: () => reader.read((records) => source.deliver(records)),
      index: () =>
        indexAll({
          source: container.get(SearchActionSource),
          documents: container.get(IndexDocuments),
          sleeper: container.get(Sleeper),
        }),
      state: new TableDerivedState(dynamodb, TableName, { documents: () => engine.all() }, shop),
    });
    expect(source.givenUp).to.deep.equal([]);
    await container.unbindAllAsync();
  });
});

for (const { name, url, missing } of [PGLITE, SERVER] satisfies PostgresKind[])
  describeUnless(missing, `${DESCRIBED}, on ${name}`, () => {
    it(TITLE, async function () {
      this.timeout(180_000);
      const worker = createPostgresWorker({
        ...{ url, database: { schema: unique('full').replaceAll('-', '_') }, definition: shop },
        log: { level: 'silent' },
      });
      const { container, handler, state, drain } = worker;
      const table = new SourceTable();
      const stream: unknown[] = [];
      const replica = container.get(TableReplica);
      try {
        for (const n of range(90)) await replica.apply([changeIn(shop, table.put(orderAt(n)))]);
        await fillsBesideChanges({
          ...{ container, state, index: () => drain() },
          put: async (one) => stream.push(table.put(one)),
          remove: async (one) => table.has(one) && stream.push(table.remove(one)),
          handle: async () => {
            const Records = stream.splice(0);
            const answer = await handler({ Records }, undefined);
            expect(answer).to.deep.equal({ batchItemFailures: [] });
          },
        });
      } finally {
        await worker.close();
      }
    });
  });
