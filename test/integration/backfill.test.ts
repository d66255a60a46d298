import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as othersHaveRun } from 'node:timers/promises';
import { DeleteItemCommand, PutItemCommand, ScanCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'chai';
import { ContainerModule } from 'inversify';
import { EventSource } from '../../local/lambda/event-source.ts';
import { StreamReader } from '../../local/lambda/stream-reader.ts';
import { TableDerivedState } from '../../local/proof/table-derived-state.ts';
import { LOCAL_SDK } from '../../local/servers/local-credentials.ts';
import { workerEnvironment } from '../../local/servers/servers.ts';
import { createStateTable, createTable } from '../../local/servers/tables.ts';
import { ExportedTable } from '../../src/adapters/dynamodb-stream/export/exported-table.ts';
import { FolderExportFiles } from '../../src/adapters/files/folder-export-files.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { MemorySearchEngine } from '../../src/adapters/memory/memory-search-engine.ts';
import { type Backfill, BACKFILL_DEFAULTS } from '../../src/application/backfill/backfill.ts';
import type { BackfillFigures } from '../../src/application/backfill/backfill-figures.ts';
import type { ExportedFill } from '../../src/application/backfill/exported-fill.ts';
import { indexAll } from '../../src/application/index-all.ts';
import { IndexDocuments } from '../../src/application/index-documents.ts';
import type { DerivedState } from '../../src/application/ports/derived-state.ts';
import { Metrics } from '../../src/application/ports/metrics.ts';
import { SearchActionSource } from '../../src/application/ports/search-action-source.ts';
import { SearchIndex } from '../../src/application/ports/search-index.ts';
import { Sleeper } from '../../src/application/ports/sleeper.ts';
import { TableReplica } from '../../src/application/ports/table-replica.ts';
import { verify } from '../../src/application/verify/verify.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';
import { openBackfilled } from '../../src/entrypoints/cli/backfill/backfilled.ts';
import { type OpenedExport, openExport } from '../../src/entrypoints/cli/backfill/open-export.ts';
import { awsIndexerModule } from '../../src/entrypoints/composition/aws-indexer.module.ts';
import { awsScanModule } from '../../src/entrypoints/composition/aws-scan.module.ts';
import { awsModule } from '../../src/entrypoints/composition/aws.module.ts';
import { backfillIn } from '../../src/entrypoints/composition/backfill.ts';
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
import { type ExportedItem, tableExport, writeExport } from '../support/table-export.ts';
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
  readonly backfill: Backfill;
  readonly put: (row: TableRow) => Promise<unknown>;
  readonly remove: (row: TableRow) => Promise<unknown>;
  /** Has the worker handle what the stream has. */
  readonly handle: () => Promise<unknown>;
  /** Has nobody handle what the stream has. */
  readonly lose: () => Promise<unknown>;
  /** Has the indexer carry out what is queued. */
  readonly index: () => Promise<unknown>;
  /** The table as it is now, exported to S3 or to a folder. */
  readonly exported: () => Promise<ExportedFill>;
  readonly state: DerivedState;
}

/** Fills what is derived of all rows, from the first. */
async function fill({ backfill }: FullTable, exported?: ExportedFill): Promise<BackfillFigures> {
  const own = { segments: 2, pageRows: 7, rate: undefined, run: unique('run') };
  const settings = { ...BACKFILL_DEFAULTS, ...own, exported };
  const refused: string[] = [];
  const onRefused = (_key: unknown, why: string) => void refused.push(why);
  const figures = await backfill.execute(settings, { onRefused }, new AbortController().signal);
  expect({ refused, isStopped: figures.isStopped }).to.deep.equal({ refused: [], isStopped: false });
  return figures;
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
  const { tally: first } = await filling;
  expect(first.counts, 'filled').to.be.greaterThan(0);
  expect(first.documents, 'filled').to.be.greaterThan(20);
  expect(await driftOf(table)).to.deep.equal([]);

  const { documents: sent, unchanged, counts, rows, pointers } = (await fill(table)).tally;
  expect({ counts, rows, pointers }).to.deep.equal({ counts: 0, rows: 0, pointers: 0 });
  expect(sent).to.be.greaterThan(20);
  expect(unchanged).to.be.greaterThan(40);
  expect(await driftOf(table)).to.deep.equal([]);
}

/** Fills a table of which some changes were never handled. */
async function fillsAfterLoss(table: FullTable): Promise<void> {
  await fill(table);
  expect(await driftOf(table)).to.deep.equal([]);
  for (const n of range(6)) await table.remove(orderAt(n));
  for (const n of range(6)) await table.put(orderAt(200 + n));
  await table.lose();
  expect(await driftOf(table), 'before it is filled').not.to.deep.equal([]);
  expect((await fill(table)).tally.listed).to.be.greaterThan(0);
  expect(await driftOf(table)).to.deep.equal([]);
}

/** Fills from an export, while rows change and after they have; what was removed since must not come back. */
async function fillsFromAnExport(table: FullTable): Promise<void> {
  const exported = await table.exported();
  for (const n of range(6)) await table.remove(orderAt(n));
  await table.handle();
  for (const n of range(6)) await table.remove(orderAt(10 + n));
  for (const n of range(6)) await table.put(orderAt(200 + n));
  const filling = fill(table, exported);
  for (const n of range(40)) {
    const one = orderAt(300 + n * 7);
    await (n % 3 === 2 ? table.remove(one) : table.put(one));
    if (n % 4 === 0) await table.handle();
    if (n % 10 === 0) await table.index();
    await othersHaveRun();
  }
  const { tally, readUnits } = await filling;
  expect(tally.scanned).to.be.at.least(60);
  expect([readUnits, tally.counts > 20, tally.documents > 20]).to.deep.equal([0, true, true]);
  expect(await driftOf(table)).to.deep.equal([]);
}

const DESCRIBED = 'what is derived of a full table';
/** Whether the replica of a backend that has one has the rows to begin with. */
const CASES = [
  ['rows that change while it is filled, when the stream is quiet', fillsBesideChanges, true],
  ['changes that were lost, when it is filled again', fillsAfterLoss, true],
  ['an export, and rows that change since', fillsFromAnExport, false],
] as const;

describeWithServers(`${DESCRIBED}, on DynamoDB`, () => {
  const before = { ...process.env };

  afterEach(() => {
    for (const name of Object.keys(process.env))
      if (!(name in before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  });

  for (const [given, proves] of CASES)
    it(`given ${given}, then nothing has drifted`, async function () {
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
        AWS_ENDPOINT_URL_S3: servers.sqs.endpoint,
        LOG_LEVEL: 'silent',
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
      // That of the command, as another process has it.
      const logging = { stream: process.stderr, readable: false };
      const { backfill, close } = await openBackfilled(shop, environment, logging);
      const handler = handlerOf(streamWorker(container), { failureMode: 'report', deadlineMarginMs: 0 });
      const source = new EventSource(handler, { batchSize: 50 });
      const reader = new StreamReader(streams, TableDescription?.LatestStreamArn ?? '');
      const opened: OpenedExport[] = [];
      await proves({
        ...{ backfill, put, remove },
        exported: async () => {
          const place = { Bucket: unique('exports'), Prefix: 'some/prefix/' };
          const s3 = new S3Client({ ...LOCAL_SDK, endpoint: servers.sqs.endpoint, forcePathStyle: true });
          await s3.send(new CreateBucketCommand({ Bucket: place.Bucket }));
          const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName, ConsistentRead: true }));
          const parts = [Items.slice(0, 25), [], Items.slice(25)];
          const summary = { tableArn: TableDescription?.TableArn, tableId: TableDescription?.TableId };
          for (const [path, Body] of tableExport({ files: parts, at: Date.now(), summary }))
            await s3.send(
              new PutObjectCommand({ Bucket: place.Bucket, Key: `${place.Prefix}${path}`, Body }),
            );
          s3.destroy();
          const fromS3 = await openExport(`s3://${place.Bucket}/${place.Prefix}`, {
            ...{ definition: shop, environment, isDryRun: false },
            followedSince: Date.now() - 60_000,
          });
          opened.push(fromS3);
          expect(fromS3.fill.filled.streamSince).to.be.a('number');
          return fromS3.fill;
        },
        handle: () => reader.read((records) => source.deliver(records)),
        lose: () => reader.read(async () => undefined),
        index: () =>
          indexAll({
            source: container.get(SearchActionSource),
            documents: container.get(IndexDocuments),
            sleeper: container.get(Sleeper),
          }),
        state: new TableDerivedState(dynamodb, TableName, { documents: () => engine.all() }, shop),
      });
      expect(source.givenUp).to.deep.equal([]);
      for (const fromS3 of opened) fromS3.close();
      await close();
      await container.unbindAllAsync();
    });
});

for (const { name, url, missing } of [PGLITE, SERVER] satisfies PostgresKind[])
  describeUnless(missing, `${DESCRIBED}, on ${name}`, () => {
    for (const [given, proves, isReplicated] of CASES)
      it(`given ${given}, then nothing has drifted`, async function () {
        this.timeout(180_000);
        const worker = createPostgresWorker({
          ...{ url, database: { schema: unique('full').replaceAll('-', '_') }, definition: shop },
          log: { level: 'silent' },
        });
        const { container, handler, state, drain } = worker;
        const table = new SourceTable();
        const stream: ReturnType<SourceTable['put']>[] = [];
        const replica = container.get(TableReplica);
        const folder = await mkdtemp(join(tmpdir(), 'contrail-export-'));
        try {
          const first = range(90).map((n) => table.put(orderAt(n)));
          if (isReplicated) for (const record of first) await replica.apply([changeIn(shop, record)]);
          await proves({
            exported: async () => {
              const at = Date.now();
              const latest = new Map(
                first.map(({ dynamodb }) => [JSON.stringify(dynamodb['Keys']), dynamodb]),
              );
              const items = Array.from(latest.values(), ({ NewImage }) => NewImage as ExportedItem);
              await writeExport(folder, tableExport({ files: [items.slice(0, 25), items.slice(25)], at }));
              const rows = await ExportedTable.open(new FolderExportFiles(folder), shop.model.keys);
              const filled = { table: undefined, tableId: undefined, streamSince: undefined, gaps: [] };
              return { rows, followedSince: at, filled };
            },
            ...{ backfill: backfillIn(container), state, index: () => drain() },
            put: async (one) => stream.push(table.put(one)),
            remove: async (one) => table.has(one) && stream.push(table.remove(one)),
            handle: async () => {
              const Records = stream.splice(0);
              const answer = await handler({ Records }, undefined);
              expect(answer).to.deep.equal({ batchItemFailures: [] });
            },
            lose: async () => {
              for (const record of stream.splice(0)) await replica.apply([changeIn(shop, record)]);
            },
          });
        } finally {
          await rm(folder, { recursive: true });
          await worker.close();
        }
      });
  });
