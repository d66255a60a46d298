import { expect } from 'chai';
import { purgeExpired } from '../../src/adapters/postgres/purge-expired.ts';
import { PostgresSearchActionSource } from '../../src/adapters/postgres/queue/postgres-search-action-source.ts';
import { PostgresSearchQueue } from '../../src/adapters/postgres/queue/postgres-search-queue.ts';
import { PostgresSearch } from '../../src/adapters/postgres/search/postgres-search.ts';
import { PostgresSearchIndex } from '../../src/adapters/postgres/search/postgres-search-index.ts';
import { SystemClock, SystemSleeper } from '../../src/adapters/system/system.ts';
import { Fault } from '../../src/domain/fault.ts';
import { PGLITE, SERVER, type TestDatabase } from '../integration/postgres.ts';
import { describeUnless } from '../support/describe-unless.ts';
import { range } from '../support/range.ts';
import { read } from './markdown.ts';

/** All statements of the document, in their order. */
const STATEMENTS = [...read('docs/postgresql.md').matchAll(/^```sql\n(.*?)^```/gms)].flatMap(([, block]) =>
  block!
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== ''),
);

for (const kind of [PGLITE, SERVER])
  describeUnless(kind.missing, `the SQL in the document on PostgreSQL, on ${kind.name}`, () => {
    let own: Awaited<ReturnType<typeof kind.own>>;

    before(async () => {
      own = await kind.own();
    });

    after(() => own.close());

    /** Runs the statement that begins so. */
    async function run(beginning: string): Promise<readonly object[]> {
      const found = STATEMENTS.filter((statement) => statement.startsWith(beginning));
      expect(found, beginning).to.have.length(1);
      return own.database.query(found[0]!.replaceAll('contrail.', `${own.names.schema}.`));
    }

    it('shows dead letters, and puts them back', async () => {
      const { source, send } = queueIn(own);
      await send('one', 'two');
      const received = await source.receive({ max: 10, waitMs: 0 });
      await source.refuse(received.map((one) => ({ received: one, fault: new Fault('permanent', 'no') })));
      expect(await source.receive({ max: 10, waitMs: 0 })).to.deep.equal([]);
      const letters = await run('select collection, document_id, reason');
      expect(letters.map((row) => ({ ...row, died_at: undefined }))).to.have.deep.members(
        ['one', 'two'].map((document_id) => ({
          ...{ collection: 'talks', document_id, reason: 'no', died_at: undefined },
        })),
      );
      await run('update contrail.dead_letters');
      expect(await run('select collection, document_id, reason')).to.deep.equal([]);
      expect(await source.receive({ max: 10, waitMs: 0 })).to.have.length(2);
    });

    it('shows documents, counts and rows, and finds documents by their words, also by an index', async () => {
      const { database, names } = own;
      const index = new PostgresSearchIndex(database, names);
      const version = { generation: 0, epoch: '', sequence: '1' };
      const documents = range(2_000).map((n) => ({
        ...{ id: `${n}`, version },
        document: { id: `${n}`, title: n === 7 ? 'Sourced from events' : `Talk ${n} of many` },
      }));
      await index.apply('talks', documents);
      const found = 'select document_id from contrail.documents';
      expect(await run(found)).to.deep.equal([{ document_id: '7' }]);
      await run('create index');
      await database.query(`analyze ${names.documents}`);
      expect(await run(found)).to.deep.equal([{ document_id: '7' }]);
      const plan = await database.query(
        `explain ${STATEMENTS.find((statement) => statement.startsWith(found))!}`.replaceAll(
          'contrail.',
          `${names.schema}.`,
        ),
      );
      expect(JSON.stringify(plan)).to.include('talks_in_english');
      const search = new PostgresSearch(database, names);
      const { hits } = await search.search('talks', 'event source', { language: 'english' });
      expect(hits.map(({ id }) => id)).to.deep.equal(['7']);
      expect(await run('select tuple')).to.deep.equal([]);
      expect(await run('select attributes')).to.deep.equal([]);
    });

    it('forgets letters that are older than four weeks, and nothing that waits', async () => {
      const { source, send } = queueIn(own);
      const { database, names } = own;
      await database.query(`delete from ${names.search_actions}`);
      await send('waits', 'letter', 'old letter');
      const received = await source.receive({ max: 10, waitMs: 0 });
      const refused = received.filter(({ action }) => !Fault.is(action) && action.key.id !== 'waits');
      await source.refuse(refused.map((one) => ({ received: one, fault: new Fault('permanent', 'no') })));
      const age = (ids: string, days: number) =>
        database.query(
          `update ${names.search_actions} set sent_at = now() - interval '${days} days' where document_id like $1`,
          [ids],
        );
      await age('%', 27);
      expect(await purgeExpired(database, names)).to.equal(0);
      await age('old%', 29);
      await age('waits', 400);
      expect(await purgeExpired(database, names)).to.equal(1);
      const left = await database.query(`select document_id from ${names.search_actions} order by 1`);
      expect(left).to.deep.equal([{ document_id: 'letter' }, { document_id: 'waits' }]);
    });
  });

function queueIn({ database, names }: TestDatabase) {
  const queue = new PostgresSearchQueue(database, names);
  const timing = { clock: new SystemClock(), sleeper: new SystemSleeper() };
  return {
    source: new PostgresSearchActionSource(database, names, timing),
    send: (...ids: readonly string[]) =>
      queue.send(
        ids.map((id) => ({
          key: { collection: 'talks', id },
          version: { generation: 0, epoch: '', sequence: '1' },
          identity: { stream: 's', sequence: id },
          document: { id },
        })),
      ),
  };
}
