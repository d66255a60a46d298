import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openDatabase } from '../../../src/adapters/postgres/client/open-database.ts';
import { DatabaseLook } from '../../../src/adapters/postgres/doctor/database-look.ts';
import { PostgresTableGenerations } from '../../../src/adapters/postgres/generations/postgres-table-generations.ts';
import { namesOf } from '../../../src/adapters/postgres/schema/names.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { PGLITE, SERVER } from '../../integration/postgres.ts';

for (const { name, missing, own } of [PGLITE, SERVER])
  describeUnless(missing, `a look at a database: ${name}`, () => {
    it('given the tables of this version, then nothing is wrong, and nothing is written', async () => {
      const { database, names, close } = await own();
      const look = new DatabaseLook(database, names);
      const { problem, lacking, skewMs } = await look.facts();
      expect({ problem, lacking }).to.deep.equal({ problem: undefined, lacking: [] });
      expect(Math.abs(skewMs)).to.be.below(5_000);
      expect(await look.followed()).to.equal(undefined);
      expect(await (await look.shards()).load('stream')).to.deep.equal([]);
      await new PostgresTableGenerations(database, names).generationOf('arn:of-table');
      expect(await look.followed()).to.equal('arn:of-table');
      await close();
    });

    it('given no tables, or those of another version, then that is told, and none are made', async () => {
      const { database, names, close } = await own();
      const elsewhere = new DatabaseLook(database, namesOf({ schema: 'contrail_nowhere' }));
      expect((await elsewhere.facts()).problem).to.match(
        /no tables of Contrail in the schema "contrail_nowhere"/,
      );
      await database.query(`insert into ${names.migrations} (version) values (999)`);
      expect((await new DatabaseLook(database, names).facts()).problem).to.match(/of form 999/);
      const made = await database.query(`select 1 from pg_namespace where nspname = 'contrail_nowhere'`);
      expect(made).to.deep.equal([]);
      await close();
    });

    it('given a user who may not write, then it says which rights are missing', async () => {
      const { database, names, close } = await own();
      const role = `look_${randomUUID().replaceAll('-', '')}`;
      await database.query(`create role ${role} login`);
      await database.query(`grant usage on schema ${names.schema} to ${role}`);
      await database.query(`grant select on all tables in schema ${names.schema} to ${role}`);
      await database.query(`grant insert, update, delete on all tables in schema ${names.schema} to ${role}`);
      await database.query(`revoke insert, update on ${names.states} from ${role}`);
      await database.query(`revoke delete on ${names.migrations} from ${role}`);
      await database.transaction(async (client) => {
        await client.query(`set local role ${role}`);
        const asRole = { ...database, name: database.name, query: client.query.bind(client) };
        const { problem, lacking } = await new DatabaseLook(asRole, names).facts();
        expect({ problem, lacking }).to.deep.equal({
          problem: undefined,
          lacking: ['insert on states', 'update on states'],
        });
      });
      await close();
      await database.query(`drop role ${role}`);
    });
  });

describe('a look at a database that is not there', () => {
  it('given a server that does not answer, then that is what is wrong', async () => {
    const database = await openDatabase({ url: 'postgres://nobody@127.0.0.1:9/none' });
    const { problem } = await new DatabaseLook(database, namesOf()).facts();
    expect(problem)
      .to.match(/127\.0\.0\.1:9/)
      .and.to.match(/ECONNREFUSED/);
    await database.close();
  });

  it('given no embedded database in the folder, then none is made', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'contrail-look-'));
    const opening = DatabaseLook.open({ url: `pglite:${join(folder, 'none')}` });
    const error: unknown = await opening.catch((thrown: unknown) => thrown);
    expect((error as Error).message).to.match(/there is none/);
    expect(await readdir(folder)).to.deep.equal([]);
    await rm(folder, { recursive: true });
  });
});
