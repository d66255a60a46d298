import { existsSync, mkdtempSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ContainerModule } from 'inversify';
import { MemorySearchEngine } from '../../src/adapters/memory/memory-search-engine.ts';
import { LATE_MS } from '../../src/application/index-outcome.ts';
import { SearchActionSource } from '../../src/application/ports/search-action-source.ts';
import { SearchIndex } from '../../src/application/ports/search-index.ts';
import { SearchQueue } from '../../src/application/ports/search-queue.ts';
import { createPostgresWorker } from '../../src/entrypoints/postgres-worker.ts';
import { createMemoryWorker } from '../../src/entrypoints/memory-worker.ts';
import { MemorySearchQueue } from '../../src/adapters/memory/memory-search-queue.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { row } from '../../src/domain/definition/row.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import { collect } from '../support/collect.ts';
import { emptyDatabaseIn } from '../support/embedded-database.ts';
import { shop } from '../support/shop.ts';
import { rowRecord } from '../support/stream-records.ts';

const log = { level: 'silent' } as const;
const order = (status: string) => ({ PK: 'CUSTOMER#anna', SK: 'ORDER#1', status });
const customer = { PK: 'CUSTOMER#anna', SK: 'PROFILE', name: 'Anna' };
const paid = rowRecord(order('paid'), { sequence: 100 });
const shipped = rowRecord(order('shipped'), { sequence: 200 });

describe('a worker on PostgreSQL', function () {
  this.timeout(120_000);
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) > 0 };
  const { handler, state, drain, search, sent, close } = createPostgresWorker({
    url: 'pglite:',
    definition: shop,
    log,
    metrics: { stream, service: 'shop' },
  });

  after(close);

  it('given changes, some of them twice, when handled and drained, then documents are there, and as many actions were sent as in memory', async () => {
    const memory = createMemoryWorker({ definition: shop, log });
    const events = [[paid, rowRecord(customer, { sequence: 50 })], [shipped], [paid, shipped], [shipped]];
    for (const Records of events) {
      await handler({ Records });
      await memory.handler({ Records });
      expect(await drain()).to.deep.equal([]);
    }
    expect(await collect(state.documents())).to.have.deep.members([
      { key: { collection: 'orders', id: 'anna:1' }, fields: { id: 'anna:1', status: 'shipped' } },
      {
        key: { collection: 'customers', id: 'anna' },
        fields: { id: 'anna', customer: 'anna', upper: 'ANNA' },
      },
    ]);
    expect(lines, 'of each batch, handled or drained').to.have.length(6);
    const sum = (name: string) =>
      lines.reduce((total, line) => total + ((JSON.parse(line) as Record<string, number>)[name] ?? 0), 0);
    expect(['BatchRecords', 'SearchUpserts', 'DocumentsWritten'].map(sum)).to.deep.equal([6, 5, 3]);
    expect(JSON.parse(lines[0]!)).to.include({ service: 'shop' });
    expect(sent()).to.equal(3).and.to.equal(memory.container.get(MemorySearchQueue).sent);
  });

  it('given documents, then they are found by their words, and a collection that is not there is named', async () => {
    const { found, hits } = await search('orders', 'shipped', {
      where: [{ field: 'id', is: '=', value: 'anna:1' }],
    });
    expect([found, hits.map(({ id }) => id)]).to.deep.equal([1, ['anna:1']]);
    expect((await search('orders', 'paid')).found).to.equal(0);
    const fault = await search('nothing', '').catch((error: unknown) => error);
    expect(fault).to.have.property('kind', 'configuration');
    expect(fault).to.have.property('message').that.includes('"customers", "orders"');
  });

  it('given a stop, when drained, then nothing is begun, and all stays in the queue', async () => {
    await handler({ Records: [rowRecord({ ...customer, PK: 'CUSTOMER#bert', name: 'Bert' })] });
    await drain(AbortSignal.abort());
    expect(await collect(state.documents())).to.have.length(2);
    await drain();
    expect(await collect(state.documents())).to.have.length(3);
  });
});

describe('a worker on PostgreSQL, with an index that keeps no versions', function () {
  this.timeout(120_000);
  /** It refuses customers. */
  class Picky extends MemorySearchEngine {
    override async apply(...[collection, writes, signal]: Parameters<SearchIndex['apply']>) {
      if (collection !== 'customers') return super.apply(collection, writes, signal);
      return writes.map(() => new Fault('permanent', 'customers are refused'));
    }
  }
  const engine = new Picky();
  const inEngine = new ContainerModule(({ rebind }) => void rebind(SearchIndex).toConstantValue(engine));
  const folder = mkdtempSync(join(tmpdir(), 'contrail-worker-'));
  const { handler, drain, container, close } = createPostgresWorker({
    ...{ url: `pglite:${folder}`, definition: shop, log, modules: [inEngine] },
  });

  before(() => emptyDatabaseIn(folder));

  after(async () => {
    await close();
    await rm(folder, { recursive: true });
  });

  it('given what is taken, then it stays hidden for longer than a write may take effect late after the longest answer', () => {
    expect(container.get(SearchActionSource).visibilityMs).to.be.at.least(3 * LATE_MS);
  });

  it('given an index that keeps no versions, when an older action comes again, then the fence keeps it out', async () => {
    await handler({ Records: [paid] });
    const source = container.get(SearchActionSource);
    const received = await source.receive({ max: 10, waitMs: 0 });
    const [older] = received.map(({ action }) => action as SearchAction);
    await source.giveBack(received, 0);
    await drain();
    await handler({ Records: [shipped] });
    await drain();
    // As another change of the same version would be: what is left of its first message says nothing of it.
    await container
      .get(SearchQueue)
      .send([{ ...older!, identity: { ...older!.identity, sequence: 'another' } }]);
    await drain();
    expect(await engine.read('orders', ['anna:1'])).to.have.deep.nested.property('[0].status', 'shipped');
  });

  it('given a document that is refused for good, when drained, then its reason is returned, and all others are written', async () => {
    const another = rowRecord({ ...order('paid'), SK: 'ORDER#2' });
    await handler({ Records: [another, rowRecord(customer, { sequence: 50 })] });
    expect((await drain()).map(({ message }) => message)).to.deep.equal(['customers are refused']);
    expect(await drain(), 'it comes no more').to.deep.equal([]);
    expect(await engine.read('orders', ['anna:2'])).to.have.deep.nested.property('[0].status', 'paid');
    expect(await drain()).to.deep.equal([]);
  });
});

describe('a worker on PostgreSQL that was closed', function () {
  this.timeout(120_000);

  it('given an embedded database, once closed, then the folder may be opened by the next at once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'contrail-closed-'));
    try {
      await emptyDatabaseIn(folder);
      const worker = createPostgresWorker({ url: `pglite:${folder}`, definition: shop, log });
      await worker.open();
      await worker.close();
      expect(existsSync(`${folder}.lock`)).to.equal(false);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('a worker on PostgreSQL, with a document of more than 1 GB', function () {
  this.timeout(120_000);

  it('given it beside another, when handled, then it alone fails, and says why', async () => {
    const huge = 'x'.repeat(400_000_000);
    const customer = row({ PK: 'CUSTOMER#<id>', SK: 'PROFILE' }).with<{ readonly size: string }>();
    const definition = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: { customer },
      derive: {
        search: documents(customer, {
          collection: 'customers',
          fields: ({ attributes: { size } }) =>
            size === 'huge' ? { a: huge, b: huge, c: huge } : { a: size },
        }),
      },
    });
    const told: string[] = [];
    const { handler, drain, state, close } = createPostgresWorker({
      ...{ url: 'pglite:', definition, log },
      onPoison: ({ fault }) => void told.push(fault.message),
    });
    try {
      const record = (id: string, size: string, sequence: number) =>
        rowRecord({ PK: `CUSTOMER#${id}`, SK: 'PROFILE', size }, { sequence });
      const records = [record('1', 'huge', 100), record('2', 'small', 200)];
      expect(await handler({ Records: records })).to.deep.equal({
        batchItemFailures: [{ itemIdentifier: '100' }],
      });
      expect(told).to.have.length(1);
      expect(told[0]).to.match(/too large|at most|more than/);
      expect(await drain()).to.deep.equal([]);
      expect((await collect(state.documents())).map(({ key }) => key.id)).to.deep.equal(['2']);
    } finally {
      await close();
    }
  });
});
