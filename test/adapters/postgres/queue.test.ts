import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { Database } from '../../../src/adapters/postgres/client/database.ts';
import { openDatabase } from '../../../src/adapters/postgres/client/open-database.ts';
import { PostgresSearchActionSource } from '../../../src/adapters/postgres/queue/postgres-search-action-source.ts';
import { PostgresSearchQueue } from '../../../src/adapters/postgres/queue/postgres-search-queue.ts';
import { takeActions } from '../../../src/adapters/postgres/queue/take-actions.ts';
import type { Names } from '../../../src/adapters/postgres/schema/names.ts';
import { SystemClock, SystemSleeper } from '../../../src/adapters/system/system.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import { SERVER } from '../../integration/postgres.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { range } from '../../support/range.ts';

/* The queue on a server, with processes and connections that die. */

const timing = { clock: new SystemClock(), sleeper: new SystemSleeper() };

function action(id: string, sequence: number): SearchAction {
  return {
    key: { collection: 'talks', id },
    version: { generation: 0, epoch: '', sequence: String(sequence) },
    identity: { stream: '', sequence: `${id} ${sequence}` },
    document: { n: String(sequence) },
  };
}

const sequenceOf = (received: SearchAction | Fault) => Number((received as SearchAction).version.sequence);

describeUnless(SERVER.missing, 'the queue on a server of PostgreSQL', () => {
  let database: Database;
  let names: Names;
  let close: () => Promise<unknown>;

  beforeEach(async () => {
    ({ database, names, close } = await SERVER.own());
  });

  afterEach(() => close());

  /** Repeats what passes, as a worker does: of what was lost with its connection nobody knows whether it was done. */
  async function sent(queue: PostgresSearchQueue, actions: readonly SearchAction[]): Promise<void> {
    for (let pending = actions; pending.length > 0;) {
      const results = await queue.send(pending).catch((error: unknown) => pending.map(() => error as Fault));
      for (const result of results) if (Fault.is(result) && result.kind !== 'transient') throw result;
      pending = pending.filter((_, n) => results[n] !== 'done');
    }
  }

  it('gives what waits behind a document with thousands of actions that somebody has, at a cost that does not grow with these', async () => {
    const queue = new PostgresSearchQueue(database, names);
    const source = new PostgresSearchActionSource(database, names, timing);
    const blocks = async () => {
      const [plan] = await database.query<{ plan: string }>(
        `explain (analyze, buffers, format json) ${takeActions(names)}`
          .replaceAll('$1::text', `'10'`)
          .replaceAll('$2::text', `'0'`)
          .replaceAll('$3::text', `'10'`)
          .replaceAll('$4::text', `''`),
      );
      const [top] = Object.values(plan!) as unknown as [readonly { Plan: Record<string, number> }[]];
      const { Plan } = top[0]!;
      return Plan['Shared Hit Blocks']! + Plan['Shared Read Blocks']!;
    };
    await queue.send([action('busy', 1)]);
    expect(await source.receive({ max: 1, waitMs: 0 })).to.have.length(1);
    const add = (from: number, count: number) =>
      database.query(
        `insert into ${names.search_actions} (id, document, collection, document_id, generation, epoch, sequence, leading_zeros, stream, stream_sequence)
select sha256(n::text::bytea), document, collection, document_id, generation, epoch, n, leading_zeros, stream, n::text
from ${names.search_actions}, generate_series($1::text::integer, $2::text::integer) n where document_id = 'busy' and sequence = 1`,
        [String(from), String(from + count - 1)],
      );
    await add(2, 200);
    await database.query(`analyze ${names.search_actions}`);
    const few = await blocks();
    await add(1_000, 20_000);
    await database.query(`vacuum analyze ${names.search_actions}`);
    const many = await blocks();
    expect(many, `blocks: ${few} with 200 of them, ${many} with 20,000`).to.be.below(few * 3);
    await queue.send(range(5).map((n) => action(`behind ${n}`, 1)));
    const received = await source.receive({ max: 10, waitMs: 0 });
    expect(received.map((one) => (one.action as SearchAction).key.id)).to.have.members(
      range(5).map((n) => `behind ${n}`),
    );
  });

  it('loses no action, and gives none before its document’s earlier ones, while connections are terminated at random moments', async () => {
    const documents = range(12).map((n) => `document ${n}`);
    const visibilityMs = 1_000;
    const opened = await Promise.all(range(6).map(() => openDatabase({ url: SERVER.url, connections: 2 })));
    const over = new AbortController();
    let terminated = 0;
    const terminating = (async () => {
      while (!over.signal.aborted) {
        const victims = await database.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
where application_name = 'contrail' and pid <> pg_backend_pid() and state = 'active' and position($1 in query) > 0
order by random() limit 1`,
          [names.search_actions],
        );
        terminated += victims.length;
        await timing.sleeper.sleep(30, over.signal).catch(() => undefined);
      }
    })();
    const rounds = 25;
    let isProduced = false;
    const producing = (async () => {
      const queue = new PostgresSearchQueue(opened[0]!, names);
      for (const round of range(rounds))
        await sent(
          queue,
          documents.map((id) => action(id, round + 1)),
        );
      isProduced = true;
    })();
    /** Of each document, the highest that was carried out. */
    const done = new Map<string, number>();
    const consuming = opened.slice(1).map(async (own) => {
      const source = new PostgresSearchActionSource(own, names, { ...timing, visibilityMs });
      while (!over.signal.aborted) {
        try {
          const received = await source.receive({ max: 20, waitMs: 50 });
          for (const { action: one } of received) {
            const { key } = one as SearchAction;
            // One that comes again may be older than what is done, but none may be left out before it.
            expect(sequenceOf(one), key.id).to.be.at.most((done.get(key.id) ?? 0) + 1);
            done.set(key.id, Math.max(done.get(key.id) ?? 0, sequenceOf(one)));
          }
          await source.acknowledge(received);
          // Looked up: of what was acknowledged with a connection that was lost then, nobody was told.
          const [left] = await database.query<{ count: number }>(
            `select count(*)::integer as count from ${names.search_actions} where not done`,
          );
          if (isProduced && left?.count === 0) break;
        } catch (error) {
          if (!Fault.is(error) || error.kind !== 'transient') throw error;
        }
      }
    });
    try {
      await Promise.all([producing, ...consuming]);
    } finally {
      over.abort();
      await terminating;
      await Promise.all(opened.map((one) => one.close()));
    }
    expect(terminated, 'connections terminated').to.be.above(0);
    expect([...done.values()]).to.deep.equal(documents.map(() => rounds));
  });

  it('gives back what a process had that was killed, when its time is up, and not before', async () => {
    const queue = new PostgresSearchQueue(database, names);
    await queue.send([action('a', 1), action('b', 1)]);
    await queue.send([action('a', 2)]);
    const imports = {
      open: 'client/open-database.ts',
      source: 'queue/postgres-search-action-source.ts',
      names: 'schema/names.ts',
    };
    const [open, source, naming] = Object.values(imports).map((file) =>
      JSON.stringify(pathToFileURL(`src/adapters/postgres/${file}`).href),
    );
    const script = `Promise.all([import(${open}), import(${source}), import(${naming})]).then(async ([o, s, n]) => {
      const database = await o.openDatabase({ url: ${JSON.stringify(SERVER.url)} });
      const source = new s.PostgresSearchActionSource(database, n.namesOf({ schema: ${JSON.stringify(names.schemaName)} }), {
        clock: { now: () => Date.now() }, sleeper: {}, visibilityMs: 8000 });
      const received = await source.receive({ max: 10, waitMs: 0 });
      console.log(received.length);
      setInterval(() => {}, 1000);
    })`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const taken = Date.now();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(said.toString()).to.equal('3\n');
    const mine = new PostgresSearchActionSource(database, names, timing);
    // Its document's as well: a new action does not pass by those that are somebody's.
    await queue.send([action('a', 3), action('c', 1)]);
    const others = await mine.receive({ max: 10, waitMs: 0 });
    expect(others.map((one) => (one.action as SearchAction).key.id)).to.deep.equal(['c']);
    const received = await mine.receive({ max: 10, waitMs: 30_000 });
    expect(Date.now() - taken, 'milliseconds until they came back').to.be.within(6_000, 20_000);
    expect(
      received.map((one) => `${(one.action as SearchAction).key.id} ${sequenceOf(one.action)}`),
    ).to.have.members(['a 1', 'a 2', 'a 3', 'b 1']);
    expect(received.map(({ receives }) => receives)).to.have.members([2, 2, 2, 1]);
    expect(await mine.acknowledge(received)).to.deep.equal(received.map(() => 'done'));
  });
});
