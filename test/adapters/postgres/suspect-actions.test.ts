import { expect } from 'chai';
import { PostgresSearchActionSource } from '../../../src/adapters/postgres/queue/postgres-search-action-source.ts';
import { PostgresSearchQueue } from '../../../src/adapters/postgres/queue/postgres-search-queue.ts';
import type { ReceivedAction } from '../../../src/application/ports/search-action-source.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import { PGLITE, SERVER } from '../../integration/postgres.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { version } from '../../support/factories.ts';
import { ManualTime } from '../../support/manual-time.ts';
import { range } from '../../support/range.ts';

const upsert = (id: string, sequence: number): SearchAction => ({
  key: { collection: 'registry', id },
  version: version(sequence),
  identity: { stream: 'stream', sequence: `${id} ${sequence}` },
  document: { id, sequence: String(sequence) },
});

const nameOf = ({ action }: ReceivedAction) =>
  Fault.is(action) ? action.message : `${action.key.id} ${action.version.sequence}`;

for (const kind of [PGLITE, SERVER])
  describeUnless(kind.missing, `an action that ends whoever has it, on ${kind.name}`, () => {
    let own: Awaited<ReturnType<typeof kind.own>>;
    let source: PostgresSearchActionSource;

    before(async () => {
      own = await kind.own();
      source = new PostgresSearchActionSource(own.database, own.names, new ManualTime());
    });
    after(() => own.close());

    it('takes no other with it, and each document has its actions in their order', async () => {
      const { database, names } = own;
      const queue = new PostgresSearchQueue(database, names);
      const others = range(12).map((n) => upsert(`other ${n}`, 1));
      await queue.send([...others.slice(0, 6), upsert('bad', 1), ...others.slice(6)]);
      await queue.send([upsert('bad', 2), upsert('other 3', 2)]);
      const done: string[] = [];
      let ended = 0;
      for (;;) {
        const received = await source.receive({ max: 1_000, waitMs: 0 });
        if (received.length === 0) break;
        if (received.some((one) => nameOf(one) === 'bad 1')) {
          ended++;
          await database.query(`update ${names.search_actions} set visible_at = now() where not done`);
        } else {
          done.push(...received.map(nameOf));
          await source.acknowledge(received);
        }
      }
      expect(ended).to.equal(10);
      const letters = await database.query(`select document_id from ${names.dead_letters}`);
      expect(letters).to.deep.equal([{ document_id: 'bad' }]);
      expect(done).to.have.members([...others.map((one) => `${one.key.id} 1`), 'other 3 2', 'bad 2']);
      expect(done.indexOf('other 3 1')).to.be.below(done.indexOf('other 3 2'));
    });
  });
