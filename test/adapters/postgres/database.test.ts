import { expect } from 'chai';
import type { Database, Queryable } from '../../../src/adapters/postgres/client/database.ts';
import { sqlStateOf } from '../../../src/adapters/postgres/client/database-fault.ts';
import { type Embedded, EmbeddedDatabase } from '../../../src/adapters/postgres/client/embedded-database.ts';
import { openDatabase } from '../../../src/adapters/postgres/client/open-database.ts';
import { readServerUrl } from '../../../src/adapters/postgres/client/server-url.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { cuttingProxy } from '../../integration/cutting-proxy.ts';
import { PGLITE, SERVER } from '../../integration/postgres.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { unique } from '../../support/unique.ts';

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const found = await work.catch((error: unknown) => error);
  if (!Fault.is(found)) throw new Error(`no Fault, but ${String(found)}`);
  return found;
}

for (const kind of [PGLITE, SERVER])
  describeUnless(kind.missing, `a database: ${kind.name}`, () => {
    let database: Database;
    let table: string;
    const names = async () =>
      (await database.query<{ name: string }>(`select name from ${table} order by name`)).map(
        ({ name }) => name,
      );
    const add = (client: Queryable, name: string) => client.query(`insert into ${table} values ($1)`, [name]);

    before(async () => {
      const shared = await kind.shared();
      database = shared.database;
      table = `${shared.names.schema}.names_of_a_test`;
      await database.query(`create table ${table} (name text primary key)`);
    });

    afterEach(() => database.query(`delete from ${table}`));

    it('commits what a transaction did, and gives what it came to', async () => {
      expect(await database.transaction(async (client) => (await add(client, 'a'), 7))).to.equal(7);
      expect(await names()).to.deep.equal(['a']);
    });

    it('takes back all of a transaction that throws, and throws the same', async () => {
      const mine = new Error('mine');
      const work = database.transaction(async (client) => {
        await add(client, 'a');
        throw mine;
      });
      expect(await work.catch((error: unknown) => error)).to.equal(mine);
      expect(await names()).to.deep.equal([]);
    });

    it('takes back a transaction in which a failed statement is passed over, and says so', async () => {
      const fault = await faultOf(
        database.transaction(async (client) => {
          await add(client, 'a');
          await add(client, 'a').catch(() => undefined);
        }),
      );
      expect(fault).to.have.property('kind', 'transient');
      expect(fault.message).to.match(/rolled back/);
      expect(await names()).to.deep.equal([]);
    });

    it('refuses statements after the end of their transaction', async () => {
      let kept: Queryable | undefined;
      await database.transaction(async (client) => {
        kept = client;
      });
      const fault = await faultOf(add(kept!, 'late'));
      expect(fault).to.have.property('kind', 'configuration');
      expect(await names()).to.deep.equal([]);
    });

    it('tells apart what a statement may fail of', async () => {
      const kindOf = async (text: string) => {
        const fault = await faultOf(database.query(text));
        return [sqlStateOf(fault), fault.kind];
      };
      await add(database, 'a');
      expect(await kindOf(`insert into ${table} values ('a')`)).to.deep.equal(['23505', 'permanent']);
      expect(await kindOf('select 1 / 0')).to.deep.equal(['22012', 'permanent']);
      expect(await kindOf('select * from nothing_of_this_name')).to.deep.equal(['42P01', 'configuration']);
    });

    it('rejects once it is aborted, and rolls back what waits within a transaction', async () => {
      const reason = new Error('time is up');
      const aborted = AbortSignal.abort(reason);
      expect(await database.query('select 1', [], aborted).catch((error: unknown) => error)).to.equal(reason);
      const aborting = new AbortController();
      const work = database.transaction(async (client) => {
        await add(client, 'a');
        aborting.abort(reason);
        await new Promise(() => undefined);
      }, aborting.signal);
      expect(await work.catch((error: unknown) => error)).to.equal(reason);
      // The next one finds nothing locked.
      await database.transaction((client) => add(client, 'a'));
      expect(await names()).to.deep.equal(['a']);
    });

    it('lets timers run between statements', async () => {
      let ticks = 0;
      const ticking = setInterval(() => ticks++, 1);
      for (let n = 0; n < 50; n++) await database.query('select $1::text', ['1']);
      clearInterval(ticking);
      // How many depends on the machine; where it starves timers, there is none.
      expect(ticks).to.be.above(0);
    });
  });

describe('the address of a database', () => {
  const SECRET = 'hunter2';
  const WRONG: Readonly<Record<string, RegExp>> = {
    [`mysql://u:${SECRET}@h/d`]: /^DATABASE_URL is neither a postgres: nor a pglite: URL; set it to /,
    '': /^DATABASE_URL is neither/,
    [`postgres://u:${SECRET}@host`]: /^DATABASE_URL names no database/,
    [`postgres://u:${SECRET}#1@host:x/d`]: /^DATABASE_URL is no valid URL: signs such as @/,
    // Valid all the same: the database's name would be part of the password.
    [`postgres://u:12/${SECRET}@host/d`]: /^DATABASE_URL is no valid URL: signs such as @/,
    [`postgres://u:12/${SECRET}#34@host/d`]: /^DATABASE_URL is no valid URL: signs such as @/,
    [`postgres://u:12/${SECRET}?34@host/d`]: /^DATABASE_URL is no valid URL: signs such as @/,
    [`postgres://u:12/${SECRET}?x=34@host/d`]: /^DATABASE_URL is no valid URL: signs such as @/,
    [`postgres://u:${SECRET}%ff@host/d`]: /^DATABASE_URL is no valid URL: signs such as @/,
    [`postgres://u:${SECRET}@127.0.0.1:1/d?sslrootcert=/none`]:
      /^database d at 127\.0\.0\.1:1: ENOENT.*\/none.*check DATABASE_URL, and the files that it names/,
    [`postgres://u:${SECRET}@127.0.0.1:1/d`]:
      /^database d at 127\.0\.0\.1:1: .*ECONNREFUSED.*check that the server runs/,
  };
  for (const [url, words] of Object.entries(WRONG))
    it(`is told what to be, without its password: ${url.replace(SECRET, '…')}`, async () => {
      const fault = await faultOf(openDatabase({ url }).then((database) => database.query('select 1')));
      expect(fault.message).to.match(words);
      const seen = JSON.stringify([fault.message, fault.reason, String(fault.cause), fault.stack]);
      expect(seen).not.to.contain(SECRET);
    });
});

describe('the address of a server behind a socket', () => {
  for (const url of [
    'postgres://me@/app?host=/var/run/postgresql',
    'postgres:///app?host=/var/run/postgresql',
    'postgres://me@%2Fvar%2Frun%2Fpostgresql/app',
  ])
    it(`may be as libpq takes it: ${url}`, () => {
      const { resource, isSocket } = readServerUrl(url, 'DATABASE_URL');
      expect({ resource, isSocket }).to.deep.equal({
        resource: 'database app at /var/run/postgresql',
        isSocket: true,
      });
    });
});

describeUnless(SERVER.missing, 'a server of PostgreSQL', () => {
  it('may lose a connection in a statement, between two, and within a transaction: the next ones have another', async () => {
    const proxy = await cuttingProxy(SERVER.url);
    const database = await openDatabase({ url: proxy.url, connections: 1 });
    try {
      await database.query('select 1');
      proxy.cut();
      // Whoever finds the connection broken is told so; or it is noticed before.
      await database.query('select 1').catch((error: unknown) => {
        expect(error).to.have.property('kind', 'transient');
      });
      const sleeping = faultOf(database.query('select pg_sleep(10)'));
      setTimeout(() => proxy.cut(), 100);
      expect((await sleeping).kind).to.equal('transient');
      const within = faultOf(
        database.transaction(async (client) => {
          await client.query('select 1');
          proxy.cut();
          await client.query('select 1');
        }),
      );
      expect((await within).kind).to.equal('transient');
      expect(await database.query('select 1 as one')).to.deep.equal([{ one: 1 }]);
    } finally {
      await database.close();
      proxy.close();
    }
  });

  it('may end a connection, and says so as a fault that passes', async () => {
    const database = await openDatabase({ url: SERVER.url, connections: 1 });
    const { database: control } = await SERVER.shared();
    try {
      const [backend] = await database.query<{ pid: number }>('select pg_backend_pid() as pid');
      const sleeping = faultOf(database.query('select pg_sleep(10)'));
      await new Promise((resolve) => setTimeout(resolve, 100));
      await control.query('select pg_terminate_backend($1)', [backend!.pid]);
      const fault = await sleeping;
      expect([sqlStateOf(fault), fault.kind]).to.deep.equal(['57P01', 'transient']);
      expect(await database.query('select 1 as one')).to.deep.equal([{ one: 1 }]);
    } finally {
      await database.close();
    }
  });

  it('takes a deadlock for a conflict, and a statement that takes too long for one that may pass', async () => {
    const { database, names } = await SERVER.shared();
    const table = `${names.schema}.${unique('locks').replaceAll('-', '_')}`;
    await database.query(`create table ${table} as select * from (values (1), (2)) v(id)`);
    const locking = (first: number, second: number) =>
      database.transaction(async (client) => {
        await client.query(`select from ${table} where id = $1::text::integer for update`, [String(first)]);
        await new Promise((resolve) => setTimeout(resolve, 200));
        await client.query(`select from ${table} where id = $1::text::integer for update`, [String(second)]);
      });
    const settled = await Promise.allSettled([locking(1, 2), locking(2, 1)]);
    const failed = settled.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(failed.map(({ reason }) => [sqlStateOf(reason), (reason as Fault).kind])).to.deep.equal([
      ['40P01', 'conflict'],
    ]);
    const slow = await faultOf(
      database.transaction(async (client) => {
        await client.query(`set local statement_timeout = '50ms'`);
        await client.query('select pg_sleep(5)');
      }),
    );
    expect([sqlStateOf(slow), slow.kind]).to.deep.equal(['57014', 'transient']);
  });

  it('may be a replica, where nothing can be written until it is promoted', async () => {
    const { database, names } = await SERVER.shared();
    const fault = await faultOf(
      database.transaction(async (client) => {
        await client.query('set transaction read only');
        await client.query(`delete from ${names.counts}`);
      }),
    );
    expect([sqlStateOf(fault), fault.kind]).to.deep.equal(['25006', 'transient']);
    expect(fault.message).to.contain(
      'it is a replica: name the primary in TEST_DATABASE_URL, or wait until this one is promoted',
    );
  });
});

describe('an embedded database that cannot be closed', () => {
  it('is nobody’s all the same', async () => {
    const failed = new Error('no space left');
    let closed = 0;
    const embedded = { close: () => Promise.reject(failed) } as unknown as Embedded;
    const name = { resource: 'embedded database', variable: 'DATABASE_URL' };
    const database = new EmbeddedDatabase(embedded, name, () => closed++);
    expect(await database.close().catch((error: unknown) => error)).to.equal(failed);
    expect(closed).to.equal(1);
  });
});
