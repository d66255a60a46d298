import { expect } from 'chai';
import type { Database } from '../../../src/adapters/postgres/client/database.ts';
import { openDatabase } from '../../../src/adapters/postgres/client/open-database.ts';
import { PostgresSearchActionSource } from '../../../src/adapters/postgres/queue/postgres-search-action-source.ts';
import { PostgresSearchQueue } from '../../../src/adapters/postgres/queue/postgres-search-queue.ts';
import type { Names } from '../../../src/adapters/postgres/schema/names.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import { SERVER } from '../../integration/postgres.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { version } from '../../support/factories.ts';
import { ManualTime } from '../../support/manual-time.ts';

const upsert = (sequence: number): SearchAction => ({
  key: { collection: 'registry', id: 'one' },
  version: version(sequence),
  identity: { stream: 'stream', sequence: String(sequence) },
  document: { id: 'one', sequence: String(sequence) },
});

describeUnless(SERVER.missing, 'actions that are taken while others finish them', () => {
  let names: Names;
  let other: Database;
  let close: () => Promise<unknown>;

  before(async () => {
    const own = await SERVER.own();
    ({ names, close } = own);
    const queue = new PostgresSearchQueue(own.database, names);
    await queue.send([upsert(1)]);
    await queue.send([upsert(2)]);
    other = await openDatabase({ url: SERVER.url, connections: 2 });
  });
  after(async () => {
    await other.close();
    await close();
  });

  it('are not received without their documents, which would read as deletions', async () => {
    const source = new PostgresSearchActionSource(other, names, new ManualTime());
    let receiving: ReturnType<typeof source.receive> | undefined;
    await other.transaction(async (client) => {
      // As an acknowledgement leaves the second, by whoever had it until its visibility ended.
      await client.query(
        `update ${names.search_actions} set done = true, fields = null, receipt = null where stream_sequence = $1`,
        ['2'],
      );
      receiving = source.receive({ max: 10, waitMs: 0 });
      for (let waiting = false; !waiting;) {
        const rows = await client.query(
          `select 1 from pg_locks l join pg_stat_activity a using (pid)
where not l.granted and pg_backend_pid() = any(pg_blocking_pids(a.pid))`,
        );
        waiting = rows.length > 0;
      }
    });
    const received = (await receiving) ?? [];
    expect(
      received.map(({ action }) => (Fault.is(action) ? action : action.document?.['sequence'])),
    ).to.deep.equal(['1']);
  });
});
