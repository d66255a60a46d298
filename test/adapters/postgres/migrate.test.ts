import { expect } from 'chai';
import { Client, Pool } from 'pg';
import type { Database } from '../../../src/adapters/postgres/client/database.ts';
import { openDatabase } from '../../../src/adapters/postgres/client/open-database.ts';
import { ServerDatabase } from '../../../src/adapters/postgres/client/server-database.ts';
import { migrate } from '../../../src/adapters/postgres/schema/migrate.ts';
import { MIGRATIONS } from '../../../src/adapters/postgres/schema/migrations.ts';
import { namesOf } from '../../../src/adapters/postgres/schema/names.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { SERVER } from '../../integration/postgres.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { range } from '../../support/range.ts';
import { unique } from '../../support/unique.ts';

const latest = MIGRATIONS.length;
const aName = () => unique('contrail_test_0').replaceAll('-', '_');

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const found = await work.catch((error: unknown) => error);
  if (!Fault.is(found)) throw new Error(`no Fault, but ${String(found)}`);
  return found;
}

describe('names of tables', () => {
  it('are in a schema, with a prefix, and quoted', () => {
    const { states, schema } = namesOf({ schema: 'app', prefix: 'c_' });
    expect([states, schema]).to.deep.equal(['"app"."c_states"', '"app"']);
    expect(namesOf().counts).to.equal('"contrail"."counts"');
  });

  it('are names that need no quotes', () => {
    for (const name of [
      '',
      'App',
      'a"; drop table x; --',
      '1a',
      'a-b',
      'ä',
      'a'.repeat(64),
      'pg_app',
      'information_schema',
      ' a',
    ])
      expect(() => namesOf({ schema: name }), name).to.throw(/the schema of the database's tables is /);
    for (const prefix of ['A', '"', '1', 'a'.repeat(25)])
      expect(() => namesOf({ prefix }), prefix).to.throw(/the prefix of the database's tables is /);
    expect(MIGRATIONS.map(({ version }) => version)).to.deep.equal(range(latest).map((n) => n + 1));
  });
});

describeUnless(SERVER.missing, 'migrations on PostgreSQL', () => {
  let database: Database;
  const schemas: string[] = [];
  const aSchema = (parts: { readonly prefix?: string } = {}) => {
    const names = namesOf({ schema: aName(), ...parts });
    schemas.push(names.schema);
    return names;
  };

  before(async () => {
    ({ database } = await SERVER.shared());
  });

  after(async () => {
    for (const schema of schemas) await database.query(`drop schema if exists ${schema} cascade`);
  });

  it('are made once, however many start at once', async () => {
    const names = aSchema();
    const made = await Promise.all(range(6).map(() => migrate(database, names)));
    expect(made.map(({ to }) => to)).to.deep.equal(range(6).map(() => latest));
    const rows = await database.query(`select version from ${names.migrations} order by version`);
    expect(rows).to.deep.equal(range(latest).map((n) => ({ version: n + 1 })));
  });

  it('go on from an older form', async () => {
    const names = aSchema();
    const another = {
      version: latest + 1,
      statements: () => [`alter table ${names.counts} add column note text`],
    };
    expect(await migrate(database, names)).to.deep.equal({ from: 0, to: latest });
    const options = { migrations: [...MIGRATIONS, another] };
    expect(await migrate(database, names, options)).to.deep.equal({ from: latest, to: latest + 1 });
    expect(await database.query(`select note from ${names.counts}`)).to.deep.equal([]);
  });

  it('take as long as they take, whatever other statements may', async () => {
    const names = aSchema();
    const options = '-c statement_timeout=500 -c lock_timeout=500';
    const pool = new Pool({ connectionString: SERVER.url, query_timeout: 500, options });
    const hasty = new ServerDatabase(pool, database.name, () => new Client());
    const slow = { version: latest + 1, statements: () => ['select pg_sleep(0.7)'] };
    await migrate(database, names);
    try {
      expect(await migrate(hasty, names, { migrations: [...MIGRATIONS, slow] })).to.deep.equal({
        from: latest,
        to: latest + 1,
      });
    } finally {
      await hasty.close();
    }
  });

  it('are all taken back where one fails', async () => {
    const names = aSchema();
    const broken = { version: latest + 1, statements: () => ['select nothing'] };
    const fault = await faultOf(migrate(database, names, { migrations: [...MIGRATIONS, broken] }));
    expect(fault.message).to.contain('column "nothing" does not exist');
    expect(await database.query('select to_regnamespace($1)::text as found', [names.schema])).to.deep.equal([
      { found: null },
    ]);
  });

  it('keep away from a form that a later version has made', async () => {
    const names = aSchema();
    await migrate(database, names);
    await database.query(`insert into ${names.migrations} (version) values (${latest + 1})`);
    const fault = await faultOf(migrate(database, names));
    expect(fault.kind).to.equal('configuration');
    expect(fault.message).to.contain(
      `are of form ${latest + 1}, and this version of Contrail knows none after ${latest}`,
    );
  });

  it('are not made in a database that lacks characters', async () => {
    const name = aName();
    await database.query(
      `create database ${name} encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0`,
    );
    try {
      const url = new URL(SERVER.url);
      url.pathname = name;
      const other = await openDatabase({ url: url.href });
      const fault = await faultOf(migrate(other, namesOf()));
      await other.close();
      expect(fault.kind).to.equal('configuration');
      expect(fault.message).to.contain('the encoding of the database is LATIN1, and Contrail needs UTF8');
    } finally {
      await database.query(`drop database ${name}`);
    }
  });

  it('share a schema under different prefixes', async () => {
    const [one, other] = [aSchema({ prefix: 'a_' }), undefined];
    const second = namesOf({ schema: one.schemaName, prefix: 'b_' });
    expect(other).to.equal(undefined);
    expect(await migrate(database, one)).to.deep.equal({ from: 0, to: latest });
    expect(await migrate(database, second)).to.deep.equal({ from: 0, to: latest });
  });

  it('say what to run where the user may not make tables', async () => {
    const role = aName();
    const names = aSchema();
    await database.query(`create role ${role} login`);
    try {
      const url = new URL(SERVER.url);
      url.username = role;
      const poor = await openDatabase({ url: url.href });
      const fault = await faultOf(migrate(poor, names));
      expect(fault.kind).to.equal('configuration');
      const [, sql = ''] = fault.message.split('on its tables:');
      expect(sql).to.contain(`create schema ${names.schema};`);
      await database.query(sql);
      await database.query(`grant usage on schema ${names.schema} to ${role};
grant select, insert, update, delete on all tables in schema ${names.schema} to ${role}`);
      expect(await migrate(poor, names)).to.deep.equal({ from: latest, to: latest });
      expect(await poor.query(`select * from ${names.counts}`)).to.deep.equal([]);
      await poor.close();
    } finally {
      await database.query(`drop schema if exists ${names.schema} cascade`);
      await database.query(`drop role ${role}`);
    }
  });
});
