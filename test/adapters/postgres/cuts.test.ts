import { expect } from 'chai';
import type { Database } from '../../../src/adapters/postgres/client/database.ts';
import { openDatabase } from '../../../src/adapters/postgres/client/open-database.ts';
import type { OnceWrite } from '../../../src/adapters/postgres/effects/own-write.ts';
import { PostgresEffectLog } from '../../../src/adapters/postgres/effects/postgres-effect-log.ts';
import { PostgresMatcherRepository } from '../../../src/adapters/postgres/matcher/postgres-matcher-repository.ts';
import { PostgresSearchActionSource } from '../../../src/adapters/postgres/queue/postgres-search-action-source.ts';
import { PostgresSearchQueue } from '../../../src/adapters/postgres/queue/postgres-search-queue.ts';
import { PostgresSearchFences } from '../../../src/adapters/postgres/search/postgres-search-fences.ts';
import { PostgresSearchIndex } from '../../../src/adapters/postgres/search/postgres-search-index.ts';
import { SystemClock, SystemSleeper } from '../../../src/adapters/system/system.ts';
import type { Result } from '../../../src/application/result.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { aRow, move, state as ranAt } from '../../contracts/effect-log/harness.ts';
import { aLink, aTuple, state } from '../../contracts/matcher-repository/harness.ts';
import { fleetOn } from '../../contracts/backends/postgres/table.ts';
import { verify } from '../../../src/application/verify/verify.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { missingRows } from '../../stress/postgres/missing-rows.ts';
import { action } from '../../application/indexing.ts';
import { entity, version } from '../../support/factories.ts';
import { changeOf, faaRow, imageRow, SourceTable, streamRecord } from '../../support/stream-records.ts';
import { type Cut, type CuttingProxy, cuttingProxy } from '../../integration/cutting-proxy.ts';
import { SERVER, type TestDatabase } from '../../integration/postgres.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { range } from '../../support/range.ts';
import { unique } from '../../support/unique.ts';

/* A connection that breaks at any byte of what is sent and answered: what was to be done is done once in the end. */

describeUnless(SERVER.missing, 'a connection to PostgreSQL that is cut', () => {
  let proxy: CuttingProxy;
  let database: Database;
  let shared: TestDatabase;
  let own: Awaited<ReturnType<typeof SERVER.own>>;

  before(async () => {
    shared = await SERVER.shared();
    own = await SERVER.own();
    proxy = await cuttingProxy(SERVER.url);
    database = await openDatabase({ url: proxy.url, connections: 1 });
  });

  after(async () => {
    await database.close();
    proxy.close();
    await own.close();
  });

  /** Cuts at bytes from the end on, where it is decided, and at some before. */
  function cutsOf(bytes: Readonly<Record<Cut['of'], number>>): readonly Cut[] {
    return (['requests', 'answers'] as const).flatMap((of) => {
      // What is asked is done once its last bytes are there; what is answered says so in some more.
      const end = range(of === 'answers' ? 70 : 20).map((n) => bytes[of] - 1 - n);
      const before = range(10).map((n) => Math.floor((bytes[of] * n) / 10));
      return [...new Set([...end, ...before])].filter((after) => after >= 0).map((after) => ({ after, of }));
    });
  }

  /** Tries as a use case does: loads, and moves what has not moved yet. */
  async function untilDone(attempt: () => Promise<Result | undefined>): Promise<readonly string[]> {
    const kinds: string[] = [];
    for (let times = 1; times <= 10; times++) {
      const result = await attempt().catch((error: unknown) => error as Fault);
      if (result === undefined) return kinds;
      kinds.push(Fault.is(result) ? result.kind : result);
    }
    throw new Error(`never done: ${kinds.join()}`);
  }

  /** Does it once in peace, and again for each cut. @returns how many cuts were noticed. */
  async function cutEverywhere(work: () => Promise<readonly string[]>): Promise<number> {
    await work();
    proxy.cutNext(undefined);
    await work();
    let lost = 0;
    for (const cut of cutsOf(proxy.passed())) {
      proxy.cutNext(cut);
      const kinds = await work();
      // A conflict: what was sent before the connection was lost took effect between reading and writing again.
      expect(kinds.filter((kind) => !['done', 'transient', 'conflict'].includes(kind))).to.deep.equal([]);
      if (kinds.includes('transient')) lost++;
    }
    return lost;
  }

  it('counts once', async () => {
    const matcher = new PostgresMatcherRepository(database, shared.names);
    const tuple = aTuple();
    let counted = 0;
    const count = async () => {
      const source = aLink();
      counted++;
      return untilDone(async () => {
        const [from] = await matcher.load([source]);
        if (from !== undefined) return undefined;
        const [result] = await matcher.apply([{ source, from, to: state('1', tuple) }]);
        return result;
      });
    };
    await count();
    proxy.cutNext(undefined);
    expect(await count()).to.deep.equal(['done']);
    const lost = await cutEverywhere(count);
    expect(lost, 'cuts that were noticed').to.be.above(60);
    const [row] = await shared.database.query<{ count: string }>(
      `select count::text from ${shared.names.counts} where tuple->>'model' = $1`,
      [tuple['model']],
    );
    expect(row?.count).to.equal(String(counted));
  });

  it('applies changes of rows once', async () => {
    const { replica } = fleetOn({ database, names: own.names });
    const table = new SourceTable();
    const apply = async () => {
      const row = faaRow(unique('N'), { owner_name: 'first' });
      const changes = [table.put(row), table.put({ ...row, owner_name: 'second' })].map((record) =>
        changeOf(record),
      );
      return untilDone(async () => {
        expect(await replica.apply(changes), 'changes that do not connect').to.deep.equal([]);
        return undefined;
      });
    };
    const lost = await cutEverywhere(apply);
    expect(lost, 'cuts that were noticed').to.be.above(60);
    // The proxy may yet cut.
    expect(await missingRows(fleetOn(own).state, table.rows)).to.deep.equal([]);
  });

  it('writes a pointer once', async () => {
    const { replica, images } = fleetOn({ database, names: own.names });
    const calm = fleetOn(own);
    const write = async () => {
      const one = entity({ orgId: unique('org'), entityType: 'ICAO', entityId: 'C172' });
      // What comes before is not cut.
      await calm.replica.apply([changeOf(streamRecord({ after: imageRow(one, '01') }))]);
      const revisions = new Set<string>();
      let isDone = false;
      const kinds = await untilDone(async () => {
        const [view] = await images.load([one]);
        if (view === undefined || Fault.is(view)) return view;
        if (view.revision !== undefined) revisions.add(view.revision);
        if (view.current !== undefined) return undefined;
        expect(isDone, 'a write that is said to be done').to.equal(false);
        const [result] = await images.save([{ view, member: view.newest }]);
        isDone = result === 'done';
        return result;
      });
      expect(revisions.size, 'revisions').to.equal(1);
      return kinds;
    };
    expect(await replica.apply([])).to.deep.equal([]);
    const lost = await cutEverywhere(write);
    expect(lost, 'cuts that were noticed').to.be.above(60);
    const drift = (await verify(calm.state, fleet)).drift.filter(
      ({ derivation }) => derivation === 'default-image',
    );
    expect(drift).to.deep.equal([]);
  });

  it('sends an action once', async () => {
    const queue = new PostgresSearchQueue(database, own.names);
    let sent = 0;
    const send = () => {
      const one = action(`N${++sent}`, sent, '172');
      return untilDone(async () => {
        const [there] = await own.database.query(
          `select 1 from ${own.names.search_actions} where document_id = $1`,
          [one.key.id],
        );
        const [result] = await queue.send([one]);
        return there === undefined || result !== 'done' ? result : undefined;
      });
    };
    const lost = await cutEverywhere(send);
    expect(lost, 'cuts that were noticed').to.be.above(60);
    const [row] = await own.database.query<{ count: number }>(
      `select count(*)::integer as count from ${own.names.search_actions}`,
    );
    expect(row?.count).to.equal(sent);
  });

  it('gives an action until it is acknowledged, and never again', async () => {
    const { names } = own;
    const calm = new PostgresSearchQueue(own.database, names);
    const source = new PostgresSearchActionSource(database, names, {
      ...{ clock: new SystemClock(), sleeper: new SystemSleeper() },
      // How many may have had it says nothing here.
      maxUnanswered: 1_000,
    });
    await own.database.query(`delete from ${names.search_actions}`);
    /** As if its time were over: what was taken by a lost answer is nobody's. */
    const again = () =>
      own.database.query(`update ${names.search_actions} set visible_at = now() where not done`);
    let n = 0;
    const received: string[] = [];
    const carryOut = async () => {
      const one = action(`N${++n}`, n, '172');
      await calm.send([one]);
      return untilDone(async () => {
        await again();
        const [message] = await source.receive({ max: 10, waitMs: 0 });
        if (message === undefined) return undefined;
        received.push(Fault.is(message.action) ? '' : message.action.key.id);
        const [result] = await source.acknowledge([message]);
        return result;
      });
    };
    const lost = await cutEverywhere(carryOut);
    expect(lost, 'cuts that were noticed').to.be.above(60);
    expect(new Set(received)).to.deep.equal(new Set(range(n).map((each) => `FAA:N${each + 1}`)));
    expect(await own.database.query(`select 1 from ${names.search_actions} where not done`)).to.deep.equal(
      [],
    );
  });

  it('moves a fence once', async () => {
    const fences = new PostgresSearchFences(database, own.names);
    let moved = 0;
    const advance = () => {
      const key = { collection: 'cut', id: `N${++moved}` };
      return untilDone(async () => {
        const [from] = await fences.load([key]);
        if (Fault.is(from)) return from;
        // Two steps: what the first call of the second one did must be known by the next.
        if (from?.revision === 1) return undefined;
        const to = { version: version(1), removed: false, revision: from === undefined ? 0 : 1 };
        const [result] = await fences.advance([{ key, from, to }]);
        return result;
      });
    };
    const lost = await cutEverywhere(advance);
    expect(lost, 'cuts that were noticed').to.be.above(60);
    const found = await own.database.query(
      `select revision::text, count(*)::integer as fences from ${own.names.search_fences} where collection = 'cut' group by 1`,
    );
    expect(found).to.deep.equal([{ revision: '1', fences: moved }]);
  });

  it('writes a document, and never an older one over it', async () => {
    const index = new PostgresSearchIndex(database, own.names);
    let n = 0;
    const write = async () => {
      const id = `N${++n}`;
      const put = (sequence: number) => ({
        id,
        document: { id, state: `${sequence}` },
        version: version(sequence),
      });
      const kinds = await untilDone(async () => {
        const [found] = await index.read('cut', [id]);
        if (Fault.is(found)) return found;
        if (found !== undefined) return undefined;
        const [result] = await index.apply('cut', [put(2)]);
        return result;
      });
      await new PostgresSearchIndex(own.database, own.names).apply('cut', [put(1)]);
      return kinds;
    };
    const lost = await cutEverywhere(write);
    expect(lost, 'cuts that were noticed').to.be.above(60);
    const found = await own.database.query(
      `select fields->>'state' as state, count(*)::integer as documents from ${own.names.documents} where collection = 'cut' group by 1`,
    );
    expect(found).to.deep.equal([{ state: '2', documents: n }]);
  });

  it('makes what an effect writes once', async () => {
    const log = new PostgresEffectLog(database, shared.names);
    const table = `${shared.names.schema}.${unique('written').replaceAll('-', '_')}`;
    await shared.database.query(`create table ${table} (n integer)`);
    let written = 0;
    const write: OnceWrite = (client) =>
      client.query(`insert into ${table} values ($1::text::integer)`, [String(written)]);
    const run = async () => {
      const row = aRow();
      written++;
      return untilDone(async () => {
        const [from] = await log.load([row]);
        if (from !== undefined) return undefined;
        const [result] = await log.advance([move(row, ranAt(1), undefined, write)]);
        return result;
      });
    };
    await run();
    proxy.cutNext(undefined);
    await run();
    for (const cut of cutsOf(proxy.passed())) {
      proxy.cutNext(cut);
      await run();
    }
    const found = await shared.database.query(
      `select count(*)::integer as rows, count(distinct n)::integer as writes from ${table}`,
    );
    expect(found).to.deep.equal([{ rows: written, writes: written }]);
  });
});
