import { expect } from 'chai';
import type { Database } from '../../src/adapters/postgres/client/database.ts';
import { MIGRATIONS } from '../../src/adapters/postgres/schema/migrations.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run } from '../support/command-line.ts';
import { describeUnless } from '../support/describe-unless.ts';
import { unique } from '../support/unique.ts';
import { SERVER } from './postgres.ts';

const latest = MIGRATIONS.length;

describeUnless(SERVER.missing, 'contrail migrate', () => {
  let database: Database;
  const schema = unique('contrail_test_0').replaceAll('-', '_');
  const migrate = (env: Readonly<Record<string, string>>, ...args: string[]) =>
    run([...BUNDLED_CONTRAIL, 'migrate', ...args], '', {
      env: { DATABASE_URL: SERVER.url, DATABASE_SCHEMA: schema, ...env },
    });

  before(async () => {
    ({ database } = await SERVER.shared());
  });

  afterEach(() => database.query(`drop schema if exists "${schema}" cascade`));

  it('given a database without tables, then it makes them, and the second time nothing', async () => {
    const first = await migrate({});
    expect({ status: first.status, err: first.err }).to.deep.equal({ status: 0, err: '' });
    expect(first.out).to.match(
      new RegExp(
        `^The tables in the schema ${schema} of database \\S+ at \\S+ are of form ${latest} now; before, 0\\.\n$`,
      ),
    );
    expect((await migrate({})).out).to.match(new RegExp(`are of form ${latest} already\\.\n$`));
    expect((await migrate({}, '--print')).out).to.equal('');
  });

  it('given --print, then it writes what makes the tables, and makes none', async () => {
    const { out, status } = await migrate({ DATABASE_PREFIX: 'c_' }, '--print');
    expect(status).to.equal(0);
    expect(
      await database.query('select nspname::text from pg_namespace where nspname = $1', [schema]),
    ).to.deep.equal([]);
    await database.query(out);
    expect((await migrate({ DATABASE_PREFIX: 'c_' })).out).to.match(/already/);
  });

  it('given another table, when adopted with BACKEND=postgres, then that is followed from now on', async () => {
    const [here, there] = ['eu-central-1', 'us-east-1'].map(
      (region) => `arn:aws:dynamodb:${region}:123456789012:table/aircraft`,
    ) as [string, string];
    const adopt = (arn: string) =>
      run([...BUNDLED_CONTRAIL, 'adopt-stream', arn], '', {
        env: { BACKEND: 'postgres', DATABASE_URL: SERVER.url, DATABASE_SCHEMA: schema },
      });
    expect((await adopt(here)).out).to.contain('is followed from now on, as generation 1');
    expect((await adopt(there)).out)
      .to.contain('is followed from now on, as generation 2')
      .and.to.contain(here);
    expect((await adopt(there)).out).to.contain('is followed already, as generation 2');
  });

  it('given settings that are wrong, then it names each, and never the password', async () => {
    const { err, status } = await migrate({
      DATABASE_URL: '',
      DATABASE_SCHEMA: 'My App',
      DATABASE_CONNECTIONS: '0',
    });
    expect(status).to.equal(2);
    for (const words of [
      /DATABASE_URL is not set/,
      /the schema of the database's tables is "My App"/,
      /DATABASE_CONNECTIONS is "0"/,
    ])
      expect(err).to.match(words);
    const { err: refused, status: failed } = await migrate({
      DATABASE_URL: 'postgres://app:hunter2@127.0.0.1:1/app',
    });
    expect(failed).to.equal(2);
    expect(refused).to.match(
      /^contrail: database app at 127\.0\.0\.1:1: .*ECONNREFUSED.*check that the server runs/,
    );
    expect(refused).not.to.contain('hunter2');
    expect((await migrate({ DATABASE_URL: 'pglite:' })).err).to.match(
      /a database in memory, which is gone when this command ends/,
    );
  });
});
