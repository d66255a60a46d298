import { expect } from 'chai';
import type { Database } from '../../../src/adapters/postgres/client/database.ts';
import { PostgresEffectLog } from '../../../src/adapters/postgres/effects/postgres-effect-log.ts';
import { PostgresMatcherRepository } from '../../../src/adapters/postgres/matcher/postgres-matcher-repository.ts';
import { PostgresNotes } from '../../../src/adapters/postgres/notes/postgres-notes.ts';
import { PostgresQuarantine } from '../../../src/adapters/postgres/quarantine/postgres-quarantine.ts';
import { PostgresSearchActionSource } from '../../../src/adapters/postgres/queue/postgres-search-action-source.ts';
import { PostgresSearchQueue } from '../../../src/adapters/postgres/queue/postgres-search-queue.ts';
import { PostgresDerivedRowRepository } from '../../../src/adapters/postgres/rows/postgres-derived-row-repository.ts';
import { PostgresSearchFences } from '../../../src/adapters/postgres/search/postgres-search-fences.ts';
import { PostgresSearchIndex } from '../../../src/adapters/postgres/search/postgres-search-index.ts';
import { PostgresShardStates } from '../../../src/adapters/postgres/shards/postgres-shard-states.ts';
import { Decimal } from '../../../src/domain/decimal.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { action } from '../../application/indexing.ts';
import { fleetOn } from '../../contracts/backends/postgres/table.ts';
import * as rowHarness from '../../contracts/derived-row-repository/harness.ts';
import * as effectHarness from '../../contracts/effect-log/harness.ts';
import { aLink, aTuple, state } from '../../contracts/matcher-repository/harness.ts';
import { PGLITE, type TestDatabase } from '../../integration/postgres.ts';
import { entity, version } from '../../support/factories.ts';
import { ManualTime } from '../../support/manual-time.ts';
import { range } from '../../support/range.ts';
import { changeOf, faaRow, imageRow, streamRecord } from '../../support/stream-records.ts';

const MANY = 20;

describe('a call of a port on PostgreSQL, for many at once', () => {
  let own: TestDatabase & { readonly close: () => Promise<unknown> };
  let database: Database;
  let statements: number;

  before(async () => {
    own = await PGLITE.own();
    const { database: inner } = own;
    database = {
      ...{ name: inner.name, close: () => inner.close(), listen: (...args) => inner.listen(...args) },
      query: (...args) => {
        statements++;
        return inner.query(...args);
      },
      transaction: (...args) => {
        statements++;
        return inner.transaction(...args);
      },
    };
  });

  after(() => own.close());

  /** @returns what it came to. */
  async function inOne<T>(call: () => Promise<T>): Promise<T> {
    statements = 0;
    const result = await call();
    expect(statements, 'statements').to.equal(1);
    return result;
  }

  const allDone = (results: readonly unknown[]) => {
    expect(results).to.deep.equal(range(MANY).map(() => 'done'));
  };

  it('is one statement: counts', async () => {
    const matcher = new PostgresMatcherRepository(database, own.names);
    const [links, tuples] = [range(MANY).map(() => aLink()), range(MANY).map(() => aTuple())];
    const moves = links.map((source, n) => ({ source, from: undefined, to: state('1', tuples[n]) }));
    allDone(await inOne(() => matcher.apply(moves)));
    await inOne(() => matcher.load(links));
    const one = Decimal.parse('1')!;
    const corrections = links.map(({ model }, n) => ({
      ...{ model, tuple: tuples[n]!, seen: { count: one, rows: 1 } },
      to: n % 2 === 0 ? { count: Decimal.parse(`${n + 2}.5`)!, rows: 2 } : undefined,
    }));
    allDone(await inOne(() => matcher.correct(corrections)));
    const [row] = await own.database.query(
      `select count(*)::integer as counts, sum(count)::text as sum from ${own.names.counts}`,
    );
    expect(row).to.deep.equal({ counts: 10, sum: '115.0' });
    // As it was: what was seen is no more.
    expect(new Set(await inOne(() => matcher.correct(corrections)))).to.deep.equal(new Set(['conflict']));
  });

  it('is one statement: derived rows', async () => {
    const repository = new PostgresDerivedRowRepository(database, own.names);
    const orders = range(MANY).map(() => rowHarness.anOrder());
    const rows = range(MANY).map(() => rowHarness.aRow());
    allDone(
      await inOne(() =>
        repository.apply(orders.map((order, n) => rowHarness.moveTo(order, undefined, 1, [rows[n]!]))),
      ),
    );
    await inOne(() => repository.load(orders));
    const found = await inOne(() => repository.read(rows));
    const strays = rows.map((key, n) => ({ key, source: (found[n] as { readonly source: string }).source }));
    const others = strays.map(({ key }) => ({ key, source: 'somebody else' }));
    expect(new Set(await inOne(() => repository.discard(others)))).to.deep.equal(new Set(['conflict']));
    allDone(await inOne(() => repository.discard(strays)));
    // There are none any more.
    allDone(await inOne(() => repository.discard(others)));
  });

  it('is one statement: rows of the source, and pointers', async () => {
    const { replica, images } = fleetOn({ database, names: own.names });
    const changes = range(MANY).map((n) =>
      changeOf(streamRecord({ after: faaRow(`N${n}`), sequence: n + 1 })),
    );
    await inOne(() => replica.apply(changes));
    const entities = range(MANY).map((n) => entity({ entityId: `N${n}` }));
    const added = entities.map((one, n) =>
      changeOf(streamRecord({ after: imageRow(one, '01'), sequence: 100 + n })),
    );
    await inOne(() => replica.apply(added));
    const views = (await inOne(() => images.load(entities))).map((view) => {
      if (Fault.is(view)) throw view;
      return view;
    });
    allDone(await inOne(() => images.save(views.map((view) => ({ view, member: view.newest })))));
  });

  it('is one statement: effects that have run', async () => {
    const log = new PostgresEffectLog(database, own.names);
    const rows = range(MANY).map(() => effectHarness.aRow());
    allDone(
      await inOne(() => log.advance(rows.map((row) => effectHarness.move(row, effectHarness.state(1))))),
    );
    await inOne(() => log.load(rows));
  });

  it('is one statement: the queue and the index', async () => {
    const queue = new PostgresSearchQueue(database, own.names);
    const source = new PostgresSearchActionSource(database, own.names, new ManualTime());
    const actions = range(MANY).map((n) => action(`N${n}`, n, '172'));
    allDone(await inOne(() => queue.send(actions)));
    const received = await inOne(() => source.receive({ max: MANY, waitMs: 0 }));
    allDone(await inOne(() => source.extend(received)));
    allDone(await inOne(() => source.acknowledge(received)));
    const index = new PostgresSearchIndex(database, own.names);
    const ids = range(MANY).map((n) => `N${n}`);
    const writes = ids.map((id) => ({ id, document: { id }, version: version(1) }));
    allDone(
      await inOne(() =>
        index.applyToAll(writes.map((write, n) => ({ collection: n % 2 === 0 ? 'a' : 'b', write }))),
      ),
    );
    await inOne(() => index.read('a', ids));
    const fences = new PostgresSearchFences(database, own.names);
    const keys = ids.map((id) => ({ collection: 'a', id }));
    const to = { version: version(1), removed: false, revision: 0 };
    allDone(await inOne(() => fences.advance(keys.map((key) => ({ key, from: undefined, to })))));
    await inOne(() => fences.load(keys));
  });

  it('is one statement: poison, shards and notes', async () => {
    const quarantine = new PostgresQuarantine(database, own.names);
    const fault = new Fault('permanent', 'poison');
    allDone(
      await inOne(() =>
        quarantine.keep(range(MANY).map((n) => ({ record: { pk: `${n}` }, raw: { n }, fault }))),
      ),
    );
    const shards = new PostgresShardStates(database, own.names);
    const names = range(MANY).map((n) => `shard ${n}`);
    await inOne(() =>
      shards.add(
        'stream',
        names.map((id) => ({ id, parent: undefined, start: 'horizon' })),
      ),
    );
    const claimed = await inOne(() =>
      shards.claim(
        'stream',
        names.map((shard) => ({ shard, epoch: 0, failoverMs: 1 })),
        'me',
      ),
    );
    expect(claimed).to.have.length(MANY);
    const notes = new PostgresNotes(database, own.names);
    const kept = names.map((name) => ({ name, after: 0, text: '{}' }));
    expect(await inOne(() => notes.save('subject', kept))).to.deep.equal([]);
    await inOne(() => notes.remove('subject', names));
  });
});
