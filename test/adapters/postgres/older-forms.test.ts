import { expect } from 'chai';
import type { Database } from '../../../src/adapters/postgres/client/database.ts';
import { PostgresSearchActionSource } from '../../../src/adapters/postgres/queue/postgres-search-action-source.ts';
import { PostgresSearchQueue } from '../../../src/adapters/postgres/queue/postgres-search-queue.ts';
import { migrate } from '../../../src/adapters/postgres/schema/migrate.ts';
import { MIGRATIONS } from '../../../src/adapters/postgres/schema/migrations.ts';
import { type Names, namesOf } from '../../../src/adapters/postgres/schema/names.ts';
import { PostgresSearchFences } from '../../../src/adapters/postgres/search/postgres-search-fences.ts';
import { PostgresSearchIndex } from '../../../src/adapters/postgres/search/postgres-search-index.ts';
import { loadStates } from '../../../src/adapters/postgres/states/load-states.ts';
import { stateId } from '../../../src/adapters/postgres/states/state-move.ts';
import { hashedKey } from '../../../src/adapters/postgres/values/hashed-key.ts';
import { SystemClock, SystemSleeper } from '../../../src/adapters/system/system.ts';
import { aLink } from '../../contracts/matcher-repository/harness.ts';
import { SERVER } from '../../integration/postgres.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { action } from '../../application/indexing.ts';
import { range } from '../../support/range.ts';
import { unique } from '../../support/unique.ts';

/* Tables as earlier versions made them, with rows in them: what those wrote, this version goes on with. */

const LATEST = MIGRATIONS.length;
/** The first form that has all of these tables. */
const FIRST = 4;
const EPOCH = '2026-01-05T09:00:00.000';
/** More digits than a number of JavaScript has, and zeros before them. */
const VERSION = { generation: 1, epoch: EPOCH, sequence: '00012345678901234567890123' };
const COLUMNS = 'generation, epoch, sequence, leading_zeros';
const VALUES = `1, '${EPOCH}', 12345678901234567890123, 3`;
const OWNER = aLink();

describeUnless(SERVER.missing, 'tables of an earlier form, with rows in them', () => {
  let database: Database;
  const schemas: string[] = [];

  before(async () => {
    ({ database } = await SERVER.shared());
  });

  after(async () => {
    for (const schema of schemas) await database.query(`drop schema if exists ${schema} cascade`);
  });

  /** What a worker of that form has left. */
  async function leftBy(form: number): Promise<Names> {
    const names = namesOf({ schema: unique('contrail_test_0').replaceAll('-', '_') });
    schemas.push(names.schema);
    await migrate(database, names, { migrations: MIGRATIONS.slice(0, form) });
    const document = (id: string) => `'${hashedKey('registry', id)}', 'registry', '${id}'`;
    const sent = action('N1', 1, '172');
    const sentId = (sequence: string) => hashedKey(sent.identity.stream, sequence, 'registry', sent.key.id);
    const columns = `id, document, collection, document_id, ${COLUMNS}, stream, stream_sequence, fields`;
    const of = `'${hashedKey('registry', sent.key.id)}', 'registry', '${sent.key.id}', ${VALUES}, ''`;
    const statements = [
      `insert into ${names.states} (id, derivation, partition, sort, ${COLUMNS}, removed, content)
values ('${stateId(OWNER)}', '${OWNER.model.name}', 'P', 'S', ${VALUES}, false, '{"n": 1.50}')`,
      `insert into ${names.documents} (id, collection, document_id, ${COLUMNS}, removed, fields)
values (${document('FAA:N9')}, ${VALUES}, false, '{"model": "old"}')`,
      `insert into ${names.search_fences} (id, collection, document_id, ${COLUMNS}, removed, revision)
values (${document('FAA:N9')}, ${VALUES}, false, 2)`,
      `insert into ${names.search_actions} (${columns}) values ('${sentId('1')}', ${of}, '1', '{"model": "172"}')`,
      `insert into ${names.search_actions} (${columns}, done) values ('${sentId('0')}', ${of}, '0', null, true)`,
      `insert into ${names.quarantine} (partition, kind, reason, message, source, record) values ('P', 'k', 'r', 'm', '{}', '{"a": 1.0}')`,
      ...(form < 5
        ? []
        : [
            `insert into ${names.search_actions} (${columns}, done, died_at, reason) values ('${sentId('9')}', ${of}, '9', '{"model": "dead"}', true, now(), 'too large')`,
          ]),
    ];
    for (const statement of statements) await database.query(statement);
    return names;
  }

  for (const form of range(LATEST - FIRST).map((n) => FIRST + n))
    it(`of form ${form}: nothing is lost, and all goes on`, async () => {
      const names = await leftBy(form);
      expect(await migrate(database, names)).to.deep.equal({ from: form, to: LATEST });

      const [state] = await loadStates(database, names, [OWNER], undefined);
      expect(state).to.deep.equal({ version: VERSION, removed: false, content: '{"n": 1.50}' });
      const key = { collection: 'registry', id: 'FAA:N9' };
      const [fence] = await new PostgresSearchFences(database, names).load([key]);
      expect(fence).to.deep.equal({ version: VERSION, removed: false, revision: 2 });

      // Older by one in the last digit, which a number of JavaScript does not have.
      const index = new PostgresSearchIndex(database, names);
      const write = (sequence: string, model: string) =>
        index.apply('registry', [
          { id: key.id, document: { id: key.id, model }, version: { ...VERSION, sequence } },
        ]);
      const modelNow = async () =>
        (await index.read('registry', [key.id])).map((found) => (found as { readonly model?: string }).model);
      await write('12345678901234567890122', 'older');
      expect(await modelNow()).to.deep.equal(['old']);
      await write('12345678901234567890124', 'newer');
      expect(await modelNow()).to.deep.equal(['newer']);

      // What was sent, and taken off the queue, just before is known as sent; what waits is given.
      const queue = new PostgresSearchQueue(database, names);
      await queue.send([{ ...action('N1', 0, '172'), version: VERSION }]);
      const source = new PostgresSearchActionSource(database, names, {
        ...{ clock: new SystemClock(), sleeper: new SystemSleeper() },
      });
      const received = await source.receive({ max: 10, waitMs: 0 });
      expect(received.map((one) => one.action)).to.deep.equal([
        {
          key: { collection: 'registry', id: 'FAA:N1' },
          version: VERSION,
          identity: { stream: '', sequence: '1' },
          document: { model: '172' },
          row: undefined,
        },
      ]);
      expect(await source.acknowledge(received)).to.deep.equal(['done']);
      expect(await source.receive({ max: 10, waitMs: 0 })).to.deep.equal([]);

      expect(await database.query(`select record::text from ${names.quarantine}`)).to.deep.equal([
        { record: '{"a": 1.0}' },
      ]);
      const letters = await database.query(
        `select reason, fields->>'model' as model from ${names.dead_letters}`,
      );
      expect(letters).to.deep.equal(form < 5 ? [] : [{ reason: 'too large', model: 'dead' }]);
      // Put back by an operator, it comes.
      await database.query(`update ${names.dead_letters} set done = false, died_at = null`);
      expect(await source.receive({ max: 10, waitMs: 0 })).to.have.length(letters.length);
    });
});
