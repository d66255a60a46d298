import { expect } from 'chai';
import type { Database } from '../../../src/adapters/postgres/client/database.ts';
import { openDatabase } from '../../../src/adapters/postgres/client/open-database.ts';
import type { EntityView } from '../../../src/application/ports/image-repository.ts';
import type { Change } from '../../../src/domain/change.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { decidePointer, type Entity } from '../../../src/domain/pointer.ts';
import { chanceOf } from '../../../src/simulation/world/chance.ts';
import { fleetOn } from '../../contracts/backends/postgres/table.ts';
import { SERVER } from '../../integration/postgres.ts';
import { collect } from '../../support/collect.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { entity } from '../../support/factories.ts';
import { range } from '../../support/range.ts';
import { changeOf, imageRow, SourceTable } from '../../support/stream-records.ts';
import { missingRows } from '../../stress/postgres/missing-rows.ts';
import { unique } from '../../support/unique.ts';

/* What several workers, each with connections of its own, do to the same rows of the source, and to one pointer. */

const WORKERS = 8;
const BATCH = 6;

describeUnless(SERVER.missing, 'workers on one pointer in PostgreSQL', () => {
  let own: Awaited<ReturnType<typeof SERVER.own>>;
  let opened: Database[];

  beforeEach(async () => {
    own = await SERVER.own();
    opened = await Promise.all(range(WORKERS).map(() => openDatabase({ url: SERVER.url, connections: 2 })));
  });

  afterEach(async () => {
    await Promise.all(opened.map((database) => database.close()));
    await own.close();
  });

  const workers = () => opened.map((database) => fleetOn({ database, names: own.names }));
  type Worker = ReturnType<typeof workers>[number];

  /** Images of one entity that come, change and go. */
  function aHistory(seed: number): {
    readonly changes: readonly Change[];
    readonly one: Entity;
    readonly table: SourceTable;
  } {
    const random = chanceOf(seed, 'history');
    const one = entity({ orgId: unique('org'), entityType: 'ICAO', entityId: 'C172' });
    const table = new SourceTable();
    const changes = range(60).map((n) => {
      const row = imageRow(one, `0${random.int(1, 3)}`, { url: `https://i.example/${n}` });
      return changeOf(table.has(row) && random.chance(0.5) ? table.remove(row) : table.put(row));
    });
    return { changes, one, table };
  }

  /** Does what may pass until it is done. */
  async function untilDone<T>(attempt: () => Promise<T | 'conflict'>): Promise<T> {
    for (let times = 1; times <= 300; times++)
      try {
        const result = await attempt();
        if (Fault.is(result)) throw result;
        if (result !== 'conflict') return result;
      } catch (error) {
        if (!Fault.is(error) || error.kind !== 'transient') throw error;
      }
    throw new Error('others were always in the way');
  }

  async function viewOf({ images }: Worker, one: Entity): Promise<EntityView> {
    const [view] = await images.load([one]);
    if (view === undefined || Fault.is(view)) throw view ?? new Error('no view');
    return view;
  }

  /** As the use case does: reads, decides, and writes on that condition. */
  const reconcile = (worker: Worker, one: Entity) =>
    untilDone(async () => {
      const view = await viewOf(worker, one);
      const decision = decidePointer(view);
      if (decision.action === 'keep') return 'kept';
      const member = decision.action === 'remove' ? undefined : decision.member;
      const [result] = await worker.images.save([{ view, member }]);
      return result!;
    });

  const followed = async (worker: Worker, changes: readonly Change[], one: Entity) => {
    for (let from = 0; from < changes.length; from += BATCH) {
      await untilDone(() => worker.replica.apply(changes.slice(from, from + BATCH)));
      await reconcile(worker, one);
    }
  };

  async function expectTrue(one: Entity, table: SourceTable): Promise<void> {
    const calm = fleetOn(own);
    expect(await missingRows(calm.state, table.rows)).to.deep.equal([]);
    const view = await viewOf(calm, one);
    expect(decidePointer(view).action).to.equal('keep');
    expect(view.current === undefined).to.equal(table.rows.length === 0);
    expect(await collect(calm.state.pointers())).to.have.length(table.rows.length === 0 ? 0 : 1);
  }

  for (const seed of [1, 2, 3])
    it(`eight that follow the same changes leave it as the table says (seed ${seed})`, async () => {
      const { changes, one, table } = aHistory(seed);
      await Promise.all(workers().map((worker) => followed(worker, changes, one)));
      await expectTrue(one, table);
    });

  it('the same batch fifty times is applied once, and the same write is done once', async () => {
    const { changes, one, table } = aHistory(4);
    const all = workers();
    const unconnected = await Promise.all(
      range(50).map((n) => untilDone(() => all[n % WORKERS]!.replica.apply(changes))),
    );
    expect(unconnected.flat()).to.deep.equal([]);
    const view = await viewOf(all[0]!, one);
    expect(view.newest).not.to.equal(undefined);
    const results = await Promise.all(
      range(50).map((n) => all[n % WORKERS]!.images.save([{ view, member: view.newest }])),
    );
    const done = results.flat().filter((result) => result === 'done');
    expect(done).to.have.length(1);
    expect(new Set(results.flat())).to.deep.equal(new Set(['done', 'conflict']));
    await expectTrue(one, table);
  });

  it('is as the table says while connections are terminated at random moments', async () => {
    const { changes, one, table } = aHistory(5);
    const over = new AbortController();
    let terminated = 0;
    const terminating = (async () => {
      while (!over.signal.aborted) {
        const victims = await own.database.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
where application_name = 'contrail' and pid <> pg_backend_pid() and state = 'active' and position($1 in query) > 0
order by random() limit 1`,
          [own.names.schema],
        );
        terminated += victims.length;
      }
    })();
    await Promise.all(
      workers()
        .slice(0, 4)
        .map((worker) => followed(worker, changes, one)),
    ).finally(() => over.abort());
    await terminating;
    expect(terminated, 'connections terminated').to.be.above(0);
    await expectTrue(one, table);
  });
});
