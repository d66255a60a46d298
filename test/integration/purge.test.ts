import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'chai';
import { type Container, ContainerModule } from 'inversify';
import { workerEnvironment } from '../../local/servers/servers.ts';
import { createStateTable, createTable } from '../../local/servers/tables.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { MemorySearchEngine } from '../../src/adapters/memory/memory-search-engine.ts';
import { BACKFILL_DEFAULTS } from '../../src/application/backfill/backfill.ts';
import { indexAll } from '../../src/application/index-all.ts';
import { IndexDocuments } from '../../src/application/index-documents.ts';
import type { DerivedListing, ListedItem } from '../../src/application/ports/derived-listing.ts';
import { Metrics } from '../../src/application/ports/metrics.ts';
import { SearchActionSource } from '../../src/application/ports/search-action-source.ts';
import { SearchFences } from '../../src/application/ports/search-fences.ts';
import { SearchIndex } from '../../src/application/ports/search-index.ts';
import { Sleeper } from '../../src/application/ports/sleeper.ts';
import { TableReplica } from '../../src/application/ports/table-replica.ts';
import { TableScan } from '../../src/application/ports/table-scan.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable, type TableDefinition } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { effect } from '../../src/domain/definition/effect.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';
import { derivationData, derivationsOf } from '../../src/domain/plan/derivation-data.ts';
import { goneDerivation } from '../../src/domain/plan/gone-derivation.ts';
import { awsIndexerModule } from '../../src/entrypoints/composition/aws-indexer.module.ts';
import { awsScanModule } from '../../src/entrypoints/composition/aws-scan.module.ts';
import { awsModule } from '../../src/entrypoints/composition/aws.module.ts';
import { backfillIn, purgeIn } from '../../src/entrypoints/composition/backfill.ts';
import { compose } from '../../src/entrypoints/composition/container.ts';
import { DERIVED_LISTINGS } from '../../src/entrypoints/composition/derived-listings.ts';
import { indexDocumentsModule } from '../../src/entrypoints/composition/index-documents.module.ts';
import { systemModule } from '../../src/entrypoints/composition/system.module.ts';
import { definitionModule } from '../../src/entrypoints/composition/table-model.ts';
import { readConfig } from '../../src/entrypoints/config.ts';
import { createPostgresWorker } from '../../src/entrypoints/postgres-worker.ts';
import { changeIn } from '../application/derived-rows.ts';
import { describeUnless } from '../support/describe-unless.ts';
import { emptyDatabaseIn } from '../support/embedded-database.ts';
import { range } from '../support/range.ts';
import { SourceTable, type TableRow } from '../support/stream-records.ts';
import { unique } from '../support/unique.ts';
import { PGLITE, type PostgresKind, SERVER } from './postgres.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<{
  readonly status: string;
  readonly total: number;
}>();

const ALL = {
  search: documents(order, { collection: 'orders', fields: ['status'] }),
  find: documents(order, { collection: 'found', fields: ['status'] }),
  spend: counts(order, { by: ['status'], amount: 'total', at: { PK: 'SPEND#<status>', SK: 'TOTAL' } }),
  tally: counts(order, { by: ['status'], at: { PK: 'TALLY#<status>', SK: 'TOTAL' } }),
  sorted: counts(order, {
    by: ['status'],
    at: { PK: 'SORTED#<status>', SK: 'TOTAL' },
    state: { partition: 'SORTED#<customer>#<order>', sort: 'STATE' },
  }),
  copies: rows(order, {
    of: ({ key, attributes }) => ({
      key: { PK: 'COPIES', SK: `${key.customer} ${key.order}` },
      attributes: { status: attributes.status },
    }),
  }),
  latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status'] }),
  welcome: effect(order, { run: () => undefined, backfill: true }),
};

const GONE = ['search', 'spend', 'sorted', 'copies', 'latest', 'welcome'] as const;

function shop(derive: Readonly<Record<string, unknown>>): TableDefinition {
  return defineTable({ keys: { partition: 'PK', sort: 'SK' }, rows: { order }, derive: derive as never });
}

const BEFORE = shop(ALL);
const AFTER = shop({ find: ALL.find, tally: ALL.tally });

/** A process that has a definition. */
interface Opened {
  readonly container: Container;
  /** Has the indexer carry out what is queued. */
  readonly index: () => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

interface Store {
  readonly open: (definition: TableDefinition) => Promise<Opened>;
  readonly put: (opened: Opened, row: TableRow) => Promise<unknown>;
}

const NEVER = new AbortController().signal;

/** How much is left of a derivation: what is noted of rows, what stands in the table and beside it, and documents. */
async function leftOf({ container }: Opened, name: string): Promise<number> {
  const { model } = BEFORE;
  const derivation = derivationsOf(model).find((one) => one.model.name === name)!;
  const gone = goneDerivation(name, derivationData(model.keys, derivation));
  const listing: DerivedListing = container.get(DERIVED_LISTINGS)(gone.table);
  let left = 0;
  for await (const page of listing.states()) left += page.filter((one) => one.derivation === name).length;
  const nameOf = (item: ListedItem) => (item.is === 'pointer' ? item.entity.model.name : item.model.name);
  for await (const page of listing.elsewhere([])) left += page.filter((item) => nameOf(item) === name).length;
  const scan = container.get(TableScan);
  let from: string | undefined;
  do {
    const page = await scan.page({ segment: 0, segments: 1, from, limit: 100 });
    left += page.rows.filter(({ key, attributes }) => listing.inTable(key, attributes)).length;
    from = page.next;
  } while (from !== undefined);
  if (gone.is === 'documents')
    for await (const page of container.get(SearchFences).documents([gone.model.collection]))
      left += page.length;
  return left;
}

/** Fills all, then purges what another definition has no more. */
async function purges({ open, put }: Store): Promise<void> {
  const before = await open(BEFORE);
  for (const n of range(30)) {
    const [PK, SK] = [`CUSTOMER#${n % 4}`, `ORDER#${n}`];
    await put(before, { PK, SK, status: ['open', 'paid', 'sent'][n % 3] ?? '', total: n - 5 });
  }
  const settings = { ...BACKFILL_DEFAULTS, segments: 2, pageRows: 7, rate: undefined };
  const filling = backfillIn(before.container);
  await filling.execute({ ...settings, run: unique('run') }, { onRefused: () => undefined }, NEVER);
  await before.index();
  const kept = { find: await leftOf(before, 'find'), tally: await leftOf(before, 'tally') };
  expect(kept).to.deep.equal({ find: 30, tally: 33 });
  await before.close();

  const after = await open(AFTER);
  const purge = purgeIn(after.container);
  const execute = (name: string, isDryRun: boolean) =>
    purge.execute(name, { ...settings, isDryRun, run: unique('run') }, NEVER);
  for (const name of GONE) {
    const there = await leftOf(after, name);
    expect(there, name).to.be.at.least(4);
    const { states, documents: sent, counts: counted, pointers, rows: derived } = await execute(name, true);
    expect(await leftOf(after, name), `${name}, after a dry run`).to.equal(there);
    const done = await execute(name, false);
    expect(done, name).to.include({ states, documents: sent, counts: counted, pointers, rows: derived });
    expect([...done.left]).to.deep.equal([]);
    await after.index();
    expect(await leftOf(after, name), name).to.equal(0);
  }
  expect({ find: await leftOf(after, 'find'), tally: await leftOf(after, 'tally') }).to.deep.equal(kept);
  await after.close();
}

const TITLE =
  'given a definition that has derivations no more, then nothing is left of them, and all of the others';

describeWithServers('what derivations have left, on DynamoDB', () => {
  const before = { ...process.env };

  afterEach(() => {
    for (const name of Object.keys(process.env))
      if (!(name in before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  });

  it(TITLE, async function () {
    this.timeout(180_000);
    const servers = await sharedServers();
    const { dynamodb } = servers.clients;
    const [TableName, stateTable] = [unique('purged'), unique('purged-state')];
    await createTable(dynamodb, TableName);
    await createStateTable(dynamodb, stateTable);
    const environment = {
      ...workerEnvironment(servers),
      TABLE_NAME: TableName,
      STATE_TABLE_NAME: stateTable,
      TYPESENSE_QUEUE_URL: await servers.sqs.createFifoQueue(TableName),
    };
    // The SDK finds the servers by it.
    Object.assign(process.env, environment);
    const config = readConfig(environment);
    const { backend } = config;
    if (backend.kind !== 'aws') throw new Error('it is no configuration of AWS');
    const engine = new MemorySearchEngine();
    await purges({
      put: (_, one) => dynamodb.send(new PutItemCommand({ TableName, Item: marshall(one) })),
      open: async (definition) => {
        const container = compose(
          ...[awsModule(backend), awsIndexerModule(backend), awsScanModule(backend)],
          ...[indexDocumentsModule, definitionModule(definition)],
          systemModule({ level: 'silent', stream: process.stderr, readable: false }, config),
          new ContainerModule(({ bind, rebind }) => {
            bind(SearchIndex).toConstantValue(engine);
            void rebind(Metrics).toConstantValue(new MemoryMetrics());
          }),
        );
        return {
          container,
          index: () =>
            indexAll({
              source: container.get(SearchActionSource),
              documents: container.get(IndexDocuments),
              sleeper: container.get(Sleeper),
            }),
          close: () => container.unbindAllAsync(),
        };
      },
    });
  });
});

for (const { name, url, missing } of [PGLITE, SERVER] satisfies PostgresKind[])
  describeUnless(missing, `what derivations have left, on ${name}`, () => {
    it(TITLE, async function () {
      this.timeout(180_000);
      const folder = await mkdtemp(join(tmpdir(), 'contrail-purge-'));
      if (url === 'pglite:') await emptyDatabaseIn(folder);
      const table = new SourceTable();
      const database = { schema: unique('purged').replaceAll('-', '_') };
      try {
        await purges({
          put: ({ container }, one) => container.get(TableReplica).apply([changeIn(BEFORE, table.put(one))]),
          open: async (definition) => {
            const { container, drain, close } = createPostgresWorker({
              ...{ url: url === 'pglite:' ? `${url}${folder}` : url, database, definition },
              log: { level: 'silent' },
            });
            return { container, index: () => drain(), close };
          },
        });
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });
