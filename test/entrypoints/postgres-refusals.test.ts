import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Database } from '../../src/adapters/postgres/client/database.ts';
import type { Names } from '../../src/adapters/postgres/schema/names.ts';
import { SERVER } from '../integration/postgres.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run } from '../support/command-line.ts';
import { describeUnless } from '../support/describe-unless.ts';
import { unique } from '../support/unique.ts';

const SAMPLE = fileURLToPath(new URL('../../fixtures/sample.ndjson', import.meta.url));

describeUnless(SERVER.missing, 'contrail replay, on a server that refuses it', () => {
  const role = unique('contrail_test_role').replaceAll('-', '_');
  let database: Database;
  let names: Names;
  let close: () => Promise<unknown>;

  before(async () => {
    ({ database, names, close } = await SERVER.own());
    await database.query(`create role ${role} login password 'hunter2'`);
  });

  after(async () => {
    await close();
    await database.query(`drop owned by ${role}`);
    await database.query(`drop role ${role}`);
  });

  /** What is said, with status 2, and without the password. */
  async function saidTo(user: string | undefined, schema: string): Promise<string> {
    const url = new URL(SERVER.url);
    if (user !== undefined) Object.assign(url, { username: user, password: 'hunter2' });
    const { status, out, err } = await run(
      [...BUNDLED_CONTRAIL, 'replay', SAMPLE, '--backend', 'postgres'],
      '',
      { env: { DATABASE_URL: url.href, DATABASE_SCHEMA: schema } },
    );
    expect(status, err).to.equal(2);
    expect(out + err).not.to.contain('hunter2');
    return err;
  }

  it('given a user who may not create, then it says so, with the SQL for somebody who may', async () => {
    const said = await saidTo(role, `${names.schemaName}_new`);
    expect(said).to.contain('it may not make the tables that Contrail needs');
    expect(said).to.contain(`create schema "${names.schemaName}_new"`);
  });

  it('given a replica, on which nothing can be written, then it says so', async () => {
    await database.query(`alter role ${role} set default_transaction_read_only = on`);
    expect(await saidTo(role, `${names.schemaName}_new`)).to.contain(
      'it is a replica: name the primary in DATABASE_URL',
    );
  });

  it('given an older server than is supported, then it says which that is, and which is needed', async () => {
    const older = `"${names.schemaName}_older"`;
    // What an older one says: a function of this name is found first.
    await database.query(`create schema ${older} authorization ${role};
create function ${older}.current_setting(text) returns text language sql as $$ select '140011'::text $$;
alter role ${role} reset default_transaction_read_only;
alter role ${role} set search_path = ${older}, pg_catalog`);
    try {
      expect(await saidTo(role, `${names.schemaName}_new`)).to.contain(
        'the server is PostgreSQL 14, and Contrail needs 15 or later: upgrade it, or name another',
      );
    } finally {
      await database.query(`alter role ${role} reset search_path; drop schema ${older} cascade`);
    }
  });

  it('given a database that is not there, then it says so', async () => {
    const url = new URL(SERVER.url);
    url.pathname = '/nothing_of_this_name';
    const { status, err } = await run([...BUNDLED_CONTRAIL, 'replay', SAMPLE, '--backend', 'postgres'], '', {
      env: { DATABASE_URL: url.href },
    });
    expect(status, err).to.equal(2);
    expect(err).to.match(
      /database "nothing_of_this_name" does not exist \(3D000\); create the database, or name another/,
    );
  });

  it('given a disk that is full, then it says so, and counts what is not done', async () => {
    await database.query(`create function ${names.schema}.full_disk() returns trigger language plpgsql as $$
begin raise 'could not extend file "base/16384/16385": No space left on device' using errcode = 'disk_full'; end $$;
create trigger full_disk before insert on ${names.source_rows} for each row execute function ${names.schema}.full_disk()`);
    const { status, out, err } = await run(
      [...BUNDLED_CONTRAIL, 'replay', SAMPLE, '--backend', 'postgres', '--batch-size', '10000'],
      '',
      { env: { DATABASE_URL: SERVER.url, DATABASE_SCHEMA: names.schemaName } },
    );
    expect(status, err).to.equal(1);
    expect(out + err).to.match(
      /No space left on device \(53100\); free or add space on the disk of the server/,
    );
    await database.query(`drop trigger full_disk on ${names.source_rows}`);
  });

  it('given tables of a later version, then it says so, and leaves them alone', async () => {
    await database.query(`insert into ${names.migrations} (version) values (99)`);
    const said = await saidTo(undefined, names.schemaName);
    expect(said).to.match(/are of form 99, and this version of Contrail knows none after \d+/);
  });
});
