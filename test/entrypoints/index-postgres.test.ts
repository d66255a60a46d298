import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { PostgresSearchQueue } from '../../src/adapters/postgres/queue/postgres-search-queue.ts';
import { PostgresSearchIndex } from '../../src/adapters/postgres/search/postgres-search-index.ts';
import { EmbeddedSearchIndex } from '../../src/adapters/embedded-search/embedded-search-index.ts';
import type { SearchIndex } from '../../src/application/ports/search-index.ts';
import { action } from '../application/indexing.ts';
import { SERVER } from '../integration/postgres.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run, start } from '../support/command-line.ts';
import { describeUnless } from '../support/describe-unless.ts';

const INDEX = [...BUNDLED_CONTRAIL, 'index'];

const modelIn = async (index: SearchIndex, name: string) => {
  const [found] = await index.read('registry', [`FAA:${name}`]);
  return (found as { readonly model?: string } | undefined)?.model;
};

describe('contrail index, told of a queue that no other process has', () => {
  it('says so, and what to set', async () => {
    const said = async (env: Record<string, string>, ...args: string[]) => {
      const { err, status } = await run([...INDEX, ...args], '', { env });
      expect(status).to.equal(2);
      return err;
    };
    expect(await said({ BACKEND: 'postgres', DATABASE_URL: 'pglite:' })).to.contain(
      'DATABASE_URL is pglite:, a database in memory, in which nothing is',
    );
    expect(await said({ BACKEND: 'postgres' })).to.contain('DATABASE_URL is not set');
    expect(await said({ BACKEND: 'postgres' }, '--rebuild', 'registry', 'feed.ndjson')).to.contain(
      'documents in PostgreSQL itself are filled by contrail backfill',
    );
    expect(await said({ DATABASE_URL: 'postgres://db/app' })).to.contain(
      'DATABASE_URL is set, and BACKEND is not; set it to postgres to drain the queue of that database',
    );
    expect(await said({ BACKEND: 'memory', SEARCH_FOLDER: 'x' })).to.contain(
      'BACKEND is memory, where no other process has a queue; leave it out, or set it to aws or postgres',
    );
  });
});

describeUnless(SERVER.missing, 'contrail index, with the queue in PostgreSQL', () => {
  let own: Awaited<ReturnType<typeof SERVER.own>>;
  let queue: PostgresSearchQueue;
  let env: Record<string, string>;

  beforeEach(async () => {
    own = await SERVER.own();
    queue = new PostgresSearchQueue(own.database, own.names);
    env = { BACKEND: 'postgres', DATABASE_URL: SERVER.url, DATABASE_SCHEMA: own.names.schemaName };
  });

  afterEach(() => own.close());

  const waiting = async () => {
    const [row] = await own.database.query<{ n: number }>(
      `select count(*)::integer as n from ${own.names.search_actions} where not done`,
    );
    return row?.n;
  };

  it('listens while there is nothing, brings what comes into the database, and ends cleanly', async () => {
    const child = start([...INDEX, '--report', 'json'], { env });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const isListening = async () => {
      const rows = await own.database.query(
        `select 1 from pg_stat_activity where query = 'listen ' || $1 or query = 'listen "' || $1 || '"'`,
        [own.names.channel],
      );
      return rows.length > 0;
    };
    while (!(await isListening())) {
      expect(child.exitCode, 'it goes on').to.equal(null);
      await sleep(50);
    }
    await queue.send([action('N1', 1, '172'), action('N2', 2, '182'), action('N2', 3)]);
    const index = new PostgresSearchIndex(own.database, own.names);
    while ((await modelIn(index, 'N1')) === undefined || (await waiting()) !== 0) await sleep(20);
    expect(await modelIn(index, 'N1')).to.equal('172');
    expect(await modelIn(index, 'N2')).to.equal(undefined);
    child.kill('SIGTERM');
    const [status] = (await once(child, 'close')) as [number | null];
    expect(status).to.equal(0);
    expect(JSON.parse(out)).to.include({ received: 3, written: 1, deleted: 1, superseded: 1, givenBack: 0 });
  });

  it('brings them into another engine, and keeps an older action from what that has', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'contrail-search-'));
    try {
      const once = () => run([...INDEX, '--once', '--folder', folder], '', { env });
      await queue.send([action('N1', 2, '182')]);
      const first = await once();
      expect([first.err, first.status]).to.deep.equal(['', 0]);
      await queue.send([action('N1', 1, '172')]);
      const second = await once();
      expect(second.out).to.contain('1 late');
      const index = await EmbeddedSearchIndex.open(folder);
      expect(await modelIn(index, 'N1')).to.equal('182');
      await index.close();
      expect(await waiting()).to.equal(0);
      const documents = await own.database.query(`select 1 from ${own.names.documents}`);
      expect(documents, 'in the database').to.deep.equal([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('keeps what can never be carried out as a dead letter, and says that something failed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'contrail-search-'));
    try {
      const unfit = action('N1', 1, '172');
      await queue.send([{ ...unfit, key: { collection: 'registry', id: '' } }, action('N2', 2, '182')]);
      const { err, status } = await run([...INDEX, '--once', '--folder', folder], '', { env });
      const letters = await own.database.query(`select document_id, reason from ${own.names.dead_letters}`);
      expect({ status, letters: letters.length }, err).to.deep.equal({ status: 1, letters: 1 });
      expect(await waiting()).to.equal(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
