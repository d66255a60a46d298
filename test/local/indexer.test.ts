import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { ContainerModule } from 'inversify';
import { EventSource } from '../../local/lambda/event-source.ts';
import { StreamReader } from '../../local/lambda/stream-reader.ts';
import { compareIndex } from '../../local/proof/compare-index.ts';
import { isEmpty } from '../../local/proof/drain-queue.ts';
import { writeFleet } from '../../local/proof/fleet-writer.ts';
import {
  indexerEnvironment,
  indexOnce,
  type SearchServer,
  startSearchServer,
} from '../../local/proof/local-indexer.ts';
import { TableDerivedState } from '../../local/proof/table-derived-state.ts';
import { javaMissing } from '../../local/servers/java.ts';
import { type LocalServers, startServers } from '../../local/servers/servers.ts';
import { createStateTable, createTable } from '../../local/servers/tables.ts';
import type { Misbehaviour } from '../../local/typesense/misbehaviour.ts';
import { LAGGING } from '../../local/typesense/misbehaviour.ts';
import { TypesenseLocal } from '../../local/typesense/typesense-local.ts';
import { EmbeddedSearchIndex } from '../../src/adapters/embedded-search/embedded-search-index.ts';
import { SqsSearchQueue } from '../../src/adapters/aws/sqs/sqs-search-queue.ts';
import { MemorySearchIndex } from '../../src/adapters/memory/memory-search-index.ts';
import { SearchQueue } from '../../src/application/ports/search-queue.ts';
import { createMemoryWorker } from '../../src/entrypoints/memory-worker.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { generateRecords } from '../../src/fleet/feed/generate.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { type Finished, run, start } from '../support/command-line.ts';
import { describeUnless } from '../support/describe-unless.ts';
import { unique } from '../support/unique.ts';

/** How often an indexer is killed. Fifty times by hand: `KILLS=50 npm run test:file -- test/local/indexer.test.ts`. */
const KILLS = Number(process.env['KILLS'] ?? 3);

describeUnless(javaMissing(), 'contrail index', () => {
  let servers: LocalServers;
  let typesense: TypesenseLocal;
  let search: SearchServer;
  let reader: StreamReader;
  let seed = 0;

  before(async () => {
    servers = await startServers({ brief: true });
    typesense = await TypesenseLocal.start();
    search = await startSearchServer({ TYPESENSE_URL: typesense.url, TYPESENSE_API_KEY: typesense.apiKey });
    reader = new StreamReader(servers.clients.streams, servers.streamArn);
  });

  after(async () => {
    await (typesense as TypesenseLocal | undefined)?.stop();
    await (servers as LocalServers | undefined)?.stop();
  });

  afterEach(() => {
    typesense.misbehaves = () => undefined;
  });

  /** Changes the table, first in some 150 rows that are the same each time, and has a worker send what comes of it to the queue. */
  async function change(writes: number): Promise<void> {
    const { clients, table, queueUrl } = servers;
    await writeFleet(clients.dynamodb, { table, writes, seed: ++seed });
    const source = new EventSource(workerInto(queueUrl), { batchSize: 100 });
    await reader.read((records) => source.deliver(records), { quietMs: 150 });
    expect(source.givenUp).to.deep.equal([]);
  }

  function workerInto(queueUrl: string) {
    const { handler } = createMemoryWorker({
      log: { level: 'error' },
      modules: [
        new ContainerModule(({ rebind }) => {
          void rebind(SearchQueue).toConstantValue(new SqsSearchQueue(servers.clients.sqs, { queueUrl }));
        }),
      ],
    });
    return handler;
  }

  const index = (args: readonly string[], env: Record<string, string> = {}): Promise<Finished> =>
    run([...BUNDLED_CONTRAIL, 'index', ...args], '', {
      env: { ...indexerEnvironment(servers, search), ...env },
    });

  /** Until the queue is empty: what was sent to receivers that were killed is nobody's. */
  async function indexAll(): Promise<void> {
    const { clients, queueUrl, sqs } = servers;
    while (!(await isEmpty(clients.sqs, queueUrl))) {
      sqs.endVisibility(queueUrl);
      await indexOnce(indexerEnvironment(servers, search));
    }
  }

  async function drift() {
    const { clients, table } = servers;
    const state = new TableDerivedState(clients.dynamodb, table, new MemorySearchIndex());
    const compared = await compareIndex(search.index, state.rows(), fleet);
    expect(compared.checked).to.be.greaterThan(20);
    return compared.drift;
  }

  it('given what an operator has to mend, then it says what, where and what to do, and ends with 2', async () => {
    const refused: readonly [Record<string, string>, RegExp][] = [
      [{}, /no collection "registry".*contrail index --create/],
      [{ TYPESENSE_API_KEY: 'wrong' }, /answered 401.*check TYPESENSE_API_KEY/],
      [
        { TYPESENSE_API_KEY: '' },
        /neither TYPESENSE_API_KEY_SECRET nor TYPESENSE_API_KEY_FILE nor TYPESENSE_API_KEY is set/,
      ],
      [{ TYPESENSE_URL: '' }, /neither TYPESENSE_URL nor SEARCH_FOLDER is set/],
    ];
    for (const [env, said] of refused) {
      const { err, status, out } = await index(['--once'], env);
      expect(err).to.match(said);
      expect({ out, status }).to.deep.equal({ out: '', status: 2 });
    }
    const created = await index(['--once', '--create']);
    expect(created.out).to.match(/made collection registry-first, and alias registry of it/);
    expect({ err: created.err, status: created.status }).to.deep.equal({ err: '', status: 0 });

    const gone = await index(['--once'], {
      TYPESENSE_QUEUE_URL: servers.queueUrl.replace('.fifo', 's.fifo'),
    });
    expect(gone.err).to.match(/queue search-actionss\.fifo/);
    expect(gone.status).to.equal(2);
  });

  it('given a collection that is not as the definition says, then --create changes nothing, and names what differs', async () => {
    const name = typesense.routes.aliases.get('registry') ?? '';
    const registry = typesense.routes.collections.get(name);
    const { url, apiKey } = search;
    const other = { name: 'other', fields: [{ name: 'registration', type: 'int32' }] };
    await fetch(`${url}/collections`, {
      method: 'POST',
      headers: { 'x-typesense-api-key': apiKey },
      body: JSON.stringify(other),
    });
    typesense.routes.aliases.set('registry', 'other');
    try {
      const { err, status } = await index(['--create', '--once']);
      expect(err)
        .to.match(/type of field "registration" is "int32" instead of "string"/)
        .and.match(/field "model" is missing/);
      expect(status).to.equal(2);
    } finally {
      typesense.routes.aliases.set('registry', name);
    }
    expect(typesense.routes.collections.get(name)).to.equal(registry);
  });

  it('given indexers that are killed again and again under load, then in the end there is no drift', async () => {
    const environment = indexerEnvironment(servers, search);
    const imports = () => typesense.requests.filter(({ path }) => path.endsWith('/import')).length;
    for (let kill = 0; kill < KILLS; kill++) {
      await change(kill % 5 === 0 ? 400 : 300);
      // Killed while an import is under way: it was carried out, and nobody has heard of that.
      typesense.misbehaves = ({ path }): Misbehaviour | undefined =>
        path.endsWith('/import') ? { kind: 'is slow', milliseconds: 200 } : undefined;
      const before = imports();
      const wanted = before + 1 + (kill % 4);
      const child = start([...BUNDLED_CONTRAIL, 'index', '--batch-size', '20'], { env: environment });
      for (let since = Date.now(), seen = before; imports() < wanted && child.exitCode === null;) {
        if (imports() > seen) [since, seen] = [Date.now(), imports()];
        // Messages were given to receivers that are gone, or those before it have left it too little to do.
        else if (Date.now() - since > 2_000) {
          servers.sqs.endVisibility(servers.queueUrl);
          await change(300);
          since = Date.now();
        }
        await sleepFor(5);
      }
      expect(child.exitCode, 'it was still at work').to.equal(null);
      child.kill('SIGKILL');
      await once(child, 'close');
      servers.sqs.endVisibility(servers.queueUrl);
    }
    typesense.misbehaves = () => undefined;
    await indexAll();
    expect(await drift()).to.deep.equal([]);
  }).timeout(180_000 + KILLS * 20_000);

  it('given a folder, then the embedded engine has the documents, also those of a process that was killed', async () => {
    const { clients, sqs } = servers;
    const folder = await mkdtemp(join(tmpdir(), 'contrail-'));
    // A queue and tables of its own: what others have indexed does not come again.
    const [table, stateTable] = [unique('aircraft'), unique('state')];
    const [queueUrl] = await Promise.all([
      sqs.createFifoQueue('folder'),
      createTable(clients.dynamodb, table),
      createStateTable(clients.dynamodb, stateTable),
    ]);
    const environment = {
      ...indexerEnvironment(servers, search),
      ...{ TYPESENSE_URL: '', TYPESENSE_QUEUE_URL: queueUrl },
      ...{ TABLE_NAME: table, STATE_TABLE_NAME: stateTable },
    };
    try {
      const feed = { seed: 77, writes: 300 };
      await writeFleet(clients.dynamodb, { table, ...feed });
      const Records = [...generateRecords({ seed: feed.seed, records: feed.writes, duplicateShare: 0 })];
      expect(await workerInto(queueUrl)({ Records })).to.deep.equal({ batchItemFailures: [] });
      const child = start([...BUNDLED_CONTRAIL, 'index', '--folder', folder, '--batch-size', '5'], {
        env: environment,
      });
      const file = join(folder, 'registry.documents');
      while (!existsSync(file) && child.exitCode === null) await sleepFor(5);
      child.kill('SIGKILL');
      await once(child, 'close');
      for (let runs = 0; runs === 0 || !(await isEmpty(clients.sqs, queueUrl)); runs++) {
        sqs.endVisibility(queueUrl);
        const { err, status } = await run(
          [...BUNDLED_CONTRAIL, 'index', '--folder', folder, '--once', '--create'],
          '',
          { env: environment },
        );
        expect({ err, status }).to.deep.equal({ err: '', status: 0 });
      }
      const index = await EmbeddedSearchIndex.open(folder);
      const rows = new TableDerivedState(clients.dynamodb, table, new MemorySearchIndex()).rows();
      const { checked, drift: found } = await compareIndex(index, rows, fleet);
      await index.close();
      expect(found).to.deep.equal([]);
      expect(checked).to.be.greaterThan(20);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('given two consumers of one queue and a server that fails in every way, then there is no drift', async () => {
    await change(300);
    const wrong: (Misbehaviour | undefined)[] = [
      { kind: 'drops' },
      LAGGING,
      { kind: 'forgets to answer' },
      { kind: 'answers half' },
      { kind: 'stops', after: 3 },
      { kind: 'hangs' },
      { kind: 'answers', with: (body) => body.split('\n').slice(1).join('\n') },
    ];
    typesense.misbehaves = ({ path }) => (path.endsWith('/import') ? wrong.shift() : undefined);
    const env = { TYPESENSE_TIMEOUT_MS: '1000' };
    const ended = await Promise.all([
      index(['--once', '--report', 'json', '--batch-size', '30'], env),
      index(['--once', '--report', 'json', '--batch-size', '30'], env),
    ]);
    expect(wrong).to.deep.equal([]);
    for (const { status, out, err } of ended) {
      expect(status, err).to.equal(0);
      expect(JSON.parse(out)).to.include({ givenBack: 0, unrepaired: 0 });
    }
    await indexAll();
    expect(await drift()).to.deep.equal([]);
  });

  it('given SIGTERM, then what has begun ends, the rest is given back, and the exit status is 0', async () => {
    await change(300);
    typesense.misbehaves = ({ path }) =>
      path.endsWith('/import') ? { kind: 'is slow', milliseconds: 500 } : undefined;
    const seen = typesense.requests.length;
    const child = start([...BUNDLED_CONTRAIL, 'index', '--batch-size', '10', '--report', 'json'], {
      env: indexerEnvironment(servers, search),
    });
    const out = outputOf(child);
    while (!typesense.requests.slice(seen).some(({ path }) => path.endsWith('/import'))) await sleepFor(10);
    child.kill('SIGTERM');
    const [status] = (await once(child, 'close')) as [number | null];
    expect(status).to.equal(0);
    const { received, written, deleted } = JSON.parse(await out) as Record<string, number>;
    expect(written ?? 0).to.be.greaterThan(0);
    expect((written ?? 0) + (deleted ?? 0)).to.be.lessThan(received ?? 0);
    typesense.misbehaves = () => undefined;
    await indexAll();
    expect(await drift()).to.deep.equal([]);
  });

  it('given a message that is no search action, then it is given back, the others are done, and the status is 1', async () => {
    const { clients, sqs } = servers;
    const queueUrl = await sqs.createFifoQueue('poison');
    const version = { epoch: '', sequence: '1' };
    const good = JSON.stringify({ action: 'delete', collection: 'registry', id: 'FAA:NONE', version });
    for (const [MessageGroupId, MessageBody] of [
      ['poison', 'a secret that is no JSON'],
      ['good', good],
    ])
      await clients.sqs.send(
        new SendMessageCommand({
          ...{ QueueUrl: queueUrl, MessageBody, MessageGroupId },
          MessageDeduplicationId: MessageGroupId,
        }),
      );
    const { err, out, status } = await index(['--once'], { TYPESENSE_QUEUE_URL: queueUrl });
    expect(err).to.contain('search actions not carried out').and.not.to.contain('a secret');
    expect(out)
      .to.match(/1 deleted/)
      .and.match(/1 given back/);
    expect(status).to.equal(1);

    sqs.endVisibility(queueUrl);
    const { Messages = [] } = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    expect(Messages.map(({ Body }) => Body)).to.deep.equal(['a secret that is no JSON']);
  });
});

async function outputOf({ stdout }: ChildProcess): Promise<string> {
  let text = '';
  for await (const piece of stdout ?? []) text += String(piece);
  return text;
}
