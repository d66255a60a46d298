import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { openDatabase } from '../../src/adapters/postgres/client/open-database.ts';
import { verify } from '../../src/application/verify/verify.ts';
import { createPostgresWorker, type PostgresWorker } from '../../src/entrypoints/postgres-worker.ts';
import { Fault } from '../../src/domain/fault.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { missingRows } from '../stress/postgres/missing-rows.ts';
import { describeUnless } from '../support/describe-unless.ts';
import { range } from '../support/range.ts';
import { faaRow, SourceTable, type StreamRecord } from '../support/stream-records.ts';
import { type CuttingProxy, cuttingProxy } from './cutting-proxy.ts';
import { OWN_SERVER_MISSING, type OwnServer, ownServer, standbyOf } from './own-server.ts';

/* A primary that dies, a standby that cannot be written to yet, and is promoted: the worker is told no other address. */

describeUnless(OWN_SERVER_MISSING, 'a worker on a server of PostgreSQL whose standby takes over', () => {
  let primary: OwnServer;
  let standby: OwnServer;
  let proxy: CuttingProxy;
  let worker: PostgresWorker;
  let log = '';

  before(async () => {
    // What is committed is on the standby as well.
    primary = await ownServer(['fsync = off', 'synchronous_commit = remote_apply']);
    standby = await standbyOf(primary);
    await asked(primary, `alter system set synchronous_standby_names = '*'`);
    await asked(primary, 'select pg_reload_conf()');
    proxy = await cuttingProxy(primary.url());
    const stream = new Writable({
      write: (chunk: Buffer, _, done) => {
        log += chunk.toString();
        done();
      },
    });
    worker = createPostgresWorker({
      url: proxy.url,
      log: { level: 'info', stream },
      retries: { attempts: 4, conflicts: 16, baseMs: 1, capMs: 5 },
    });
  });

  after(async () => {
    await worker.close();
    proxy.close();
    await Promise.all([primary.remove(), standby.remove()]);
  });

  async function asked(server: OwnServer, text: string) {
    const database = await openDatabase({ url: server.url() });
    try {
      return await database.query(text);
    } finally {
      await database.close();
    }
  }

  /** Hands records in as an event source does. @returns how many failed. */
  const handle = async (records: readonly StreamRecord[]) =>
    (await worker.handler({ Records: [...records] })).batchItemFailures.length;

  it('goes on with it, loses nothing, and does nothing twice', async () => {
    const table = new SourceTable();
    const batch = (n: number) =>
      range(20).map((m) => table.put(faaRow(`N${m}`, { model: `172-${n}`, owner_name: `owner ${n}` })));
    expect(await handle(batch(1))).to.equal(0);
    expect(await worker.drain()).to.deep.equal([]);

    const second = batch(2);
    await primary.stop('immediate');
    expect(await handle(second), 'while nobody is there').to.be.above(0);
    proxy.lead(standby.url());
    log = '';
    expect(await handle(second), 'while nothing can be written').to.be.above(0);
    expect(log).to.contain('25006');
    const refused = await worker.drain().catch((error: unknown) => error);
    expect(Fault.is(refused) && refused.kind).to.equal('transient');

    await asked(standby, 'select pg_promote()');
    for (let tries = 1; (await handle(second)) > 0; tries++) {
      expect(tries, 'until it goes on').to.be.below(100);
      await sleep(100);
    }
    expect(await handle(batch(3))).to.equal(0);
    expect(await worker.drain()).to.deep.equal([]);
    expect((await verify(worker.state, fleet)).drift).to.deep.equal([]);
    expect(await missingRows(worker.state, table.rows)).to.deep.equal([]);
  });
});
