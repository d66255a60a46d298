import { expect } from 'chai';
import type { Database } from '../../../src/adapters/postgres/client/database.ts';
import { openDatabase } from '../../../src/adapters/postgres/client/open-database.ts';
import { PostgresMatcherRepository } from '../../../src/adapters/postgres/matcher/postgres-matcher-repository.ts';
import { PostgresDerivedRowRepository } from '../../../src/adapters/postgres/rows/postgres-derived-row-repository.ts';
import type { Names } from '../../../src/adapters/postgres/schema/names.ts';
import type { Tuple } from '../../../src/domain/count.ts';
import { decideCountMove } from '../../../src/domain/count-move.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { aLink, aTuple, state } from '../../contracts/matcher-repository/harness.ts';
import * as rowHarness from '../../contracts/derived-row-repository/harness.ts';
import { SERVER } from '../../integration/postgres.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { range } from '../../support/range.ts';

/* What several workers, each with connections of its own, do to the same rows of a server at once. */

const WORKERS = 8;
const SEED_STEP = 7;

describeUnless(SERVER.missing, 'workers on one PostgreSQL', () => {
  let names: Names;
  let control: Database;
  const opened: Database[] = [];

  before(async () => {
    ({ names, database: control } = await SERVER.shared());
  });

  const aWorker = async () => {
    const database = await openDatabase({ url: SERVER.url, connections: 2 });
    opened.push(database);
    return new PostgresMatcherRepository(database, names);
  };

  after(async () => {
    await Promise.all(opened.map((database) => database.close()));
  });

  /** What is counted under tuples, and what the states of links say. */
  async function counted(tuples: readonly Tuple[], links: readonly ReturnType<typeof aLink>[]) {
    const matcher = new PostgresMatcherRepository(control, names);
    const states = await matcher.load(links);
    const found = await control.query<{ model: string; count: string }>(
      `select tuple->>'model' as model, count::text from ${names.counts}`,
    );
    return tuples.map(({ model }) => ({
      found: Number(found.find((row) => row.model === model)?.count ?? 0),
      expected: states.filter((one) => one?.contributions[0]?.tuple['model'] === model).length,
    }));
  }

  const move = async (
    matcher: PostgresMatcherRepository,
    batch: readonly { link: ReturnType<typeof aLink>; sequence: number; tuple: Tuple | undefined }[],
  ) => {
    let pending = [...batch];
    for (let times = 1; pending.length > 0; times++) {
      expect(times, 'others were always in the way').to.be.below(200);
      try {
        const states = await matcher.load(pending.map(({ link }) => link));
        const decided = pending.map(({ link, sequence, tuple }, n) =>
          decideCountMove(link, states[n], state(String(sequence), tuple)),
        );
        const moves = decided.filter((one) => one !== undefined);
        const results = await matcher.apply(moves);
        for (const result of results) if (Fault.is(result) && result.kind !== 'transient') throw result;
        const done = new Set(moves.filter((_, n) => results[n] === 'done'));
        pending = pending.filter((_, n) => decided[n] !== undefined && !done.has(decided[n]));
      } catch (error) {
        if (!Fault.is(error) || error.kind !== 'transient') throw error;
      }
    }
  };

  it('eight count what their states say, whatever the order of the rows', async () => {
    const links = range(40).map(() => aLink());
    const tuples = range(3).map(() => aTuple());
    const workers = await Promise.all(range(WORKERS).map(aWorker));
    await Promise.all(
      workers.map(async (matcher, worker) => {
        for (const round of range(10)) {
          const batch = links.map((link, n) => ({
            link,
            sequence: 1 + ((round * WORKERS + worker * SEED_STEP + n) % 97),
            tuple: tuples[(n + round * worker) % 4],
          }));
          await move(matcher, worker % 2 === 0 ? batch : batch.toReversed());
        }
      }),
    );
    for (const { found, expected } of await counted(tuples, links)) expect(found).to.equal(expected);
  });

  it('never lock each other out, in whatever order their batches are', async () => {
    const workers = await Promise.all(range(4).map(aWorker));
    for (const round of range(8)) {
      const [links, tuples] = [range(60).map(() => aLink()), range(30).map(() => aTuple())];
      const moves = links.map((source, n) => ({
        ...{ source, from: undefined },
        to: state('1', tuples[(n + round) % tuples.length]),
      }));
      const results = await Promise.all(
        workers.map((matcher, n) => matcher.apply(n % 2 === 0 ? moves : moves.toReversed())),
      );
      expect(new Set(results.flat())).to.deep.equal(new Set(['done', 'conflict']));
    }
  });

  it('never lock each other out by the counts that they share', async () => {
    const workers = await Promise.all(range(4).map(aWorker));
    const tuples = range(60).map(() => aTuple());
    for (const round of range(12)) {
      const results = await Promise.all(
        workers.map((matcher, worker) => {
          const some = tuples.filter((_, n) => (n * 31 + round * 17 + worker * 11) % 5 > 1);
          return matcher.apply(
            some.map((tuple) => ({ source: aLink(), from: undefined, to: state('1', tuple) })),
          );
        }),
      );
      expect(new Set(results.flat())).to.deep.equal(new Set(['done']));
    }
  });

  it('the same batch fifty times counts once', async () => {
    const links = range(20).map(() => aLink());
    const tuple = aTuple();
    const workers = await Promise.all(range(WORKERS).map(aWorker));
    const moves = links.map((source) => ({ source, from: undefined, to: state('1', tuple) }));
    const results = await Promise.all(range(50).map((n) => workers[n % WORKERS]!.apply(moves)));
    for (const n of range(links.length))
      expect(results.filter((some) => some[n] === 'done')).to.have.length(1);
    expect(await counted([tuple], links)).to.deep.equal([{ found: 20, expected: 20 }]);
  });

  it('give a key that two rows want to one of them', async () => {
    const { names: tables, close } = await SERVER.own();
    const repositories = await Promise.all(
      range(4).map(async () => {
        const database = await openDatabase({ url: SERVER.url, connections: 2 });
        opened.push(database);
        return new PostgresDerivedRowRepository(database, tables);
      }),
    );
    for (const round of range(10)) {
      const rows = range(20).map((n) => rowHarness.aRow({ item: `${round} ${n}` }));
      const results = await Promise.all(
        repositories.map((repository, worker) => {
          const moves = rows.map((row) => rowHarness.moveTo(rowHarness.anOrder(), undefined, 1, [row]));
          return repository.apply(worker % 2 === 0 ? moves : moves.toReversed());
        }),
      );
      for (const n of range(rows.length)) {
        const ofKey = results.map((some, worker) => some[worker % 2 === 0 ? n : rows.length - 1 - n]);
        expect(ofKey.filter((one) => one === 'done')).to.have.length(1);
        for (const one of ofKey)
          if (one !== 'done')
            expect(Fault.is(one) ? one.kind : one).to.be.oneOf(['configuration', 'conflict']);
      }
    }
    const [stored] = await control.query<{ rows: number; sources: number }>(
      `select count(*)::integer as rows, count(distinct derived_from)::integer as sources from ${tables.derived_rows}`,
    );
    expect(stored).to.deep.equal({ rows: 200, sources: 200 });
    const [states] = await control.query<{ count: number }>(
      `select count(*)::integer as count from ${tables.states}`,
    );
    expect(states).to.deep.equal({ count: 200 });
    await close();
  });

  it('count exactly while their connections are terminated at random moments', async () => {
    const links = range(30).map(() => aLink());
    const tuples = range(3).map(() => aTuple());
    const workers = await Promise.all(range(4).map(aWorker));
    const over = new AbortController();
    let terminated = 0;
    const terminating = (async () => {
      while (!over.signal.aborted) {
        const victims = await control.query<{ done: boolean }>(
          `select pg_terminate_backend(pid) as done from pg_stat_activity
where application_name = 'contrail' and pid <> pg_backend_pid() and state = 'active' and position($1 in query) > 0 limit 1`,
          [names.states],
        );
        terminated += victims.length;
      }
    })();
    await Promise.all(
      workers.map(async (matcher, worker) => {
        for (const round of range(12))
          await move(
            matcher,
            links.map((link, n) => ({
              link,
              sequence: round * 4 + worker + 1,
              tuple: tuples[(n + round) % 4],
            })),
          );
      }),
    ).finally(() => {
      over.abort();
    });
    await terminating;
    expect(terminated, 'connections terminated').to.be.above(0);
    for (const { found, expected } of await counted(tuples, links)) expect(found).to.equal(expected);
  });
});
