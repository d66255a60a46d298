import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { PostgresSearchActionSource } from '../../../src/adapters/postgres/queue/postgres-search-action-source.ts';
import { PostgresSearchQueue } from '../../../src/adapters/postgres/queue/postgres-search-queue.ts';
import { SystemClock, SystemSleeper } from '../../../src/adapters/system/system.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import { collect } from '../../support/collect.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { range } from '../../support/range.ts';
import { faaRow, changeOf, imageRow, streamRecord } from '../../support/stream-records.ts';
import { unique } from '../../support/unique.ts';
import { entity, version } from '../../support/factories.ts';
import { fleetOn } from '../../contracts/backends/postgres/table.ts';
import { SERVER, type TestDatabase } from '../../integration/postgres.ts';

function action(id: string, sequence: number): SearchAction {
  return {
    key: { collection: 'registry', id },
    version: version(sequence),
    identity: { stream: 'stream', sequence: String(sequence) },
    document: { id },
  };
}

function sourceOn({ database, names }: TestDatabase) {
  const settings = { clock: new SystemClock(), sleeper: new SystemSleeper(), pollMs: 20 };
  return new PostgresSearchActionSource(database, names, settings);
}

describeUnless(SERVER.missing, 'several workers on one PostgreSQL', () => {
  let own: Awaited<ReturnType<typeof SERVER.own>>;

  beforeEach(async () => {
    own = await SERVER.own();
  });

  afterEach(() => own.close());

  it('given a document whose first action is locked, when others are received, then nobody waits for it', async () => {
    await new PostgresSearchQueue(own.database, own.names).send([action('busy', 1)]);
    const queue = new PostgresSearchQueue(own.database, own.names);
    for (const n of range(20)) await queue.send([action('busy', n + 2)]);
    await queue.send([action('other', 1)]);
    await own.database.transaction(async (client) => {
      await client.query(
        `select 1 from ${own.names.search_actions} where document_id = 'busy' order by position limit 1 for update`,
      );
      const received = await sourceOn(own).receive({ max: 5, waitMs: 0 });
      expect(received.map((each) => !Fault.is(each.action) && each.action.key.id)).to.deep.equal(['other']);
    });
    const received = await sourceOn(own).receive({ max: 5, waitMs: 0 });
    expect(received.map((each) => !Fault.is(each.action) && each.action.version.sequence)).to.deep.equal([
      '1',
      '2',
      '3',
      '4',
      '5',
    ]);
  });

  it('given eight consumers, when they take what waits, then each action is had once, in its document’s order', async () => {
    const queue = new PostgresSearchQueue(own.database, own.names);
    const ids = range(12).map((n) => `document ${n}`);
    for (const n of range(10)) await queue.send(ids.map((id) => action(id, n + 1)));
    const seen = new Map(ids.map((id) => [id, [] as string[]]));
    await Promise.all(
      range(8).map(async () => {
        const source = sourceOn(own);
        for (;;) {
          const received = await source.receive({ max: 3, waitMs: 100 });
          if (received.length === 0) return;
          for (const { action: had } of received)
            if (!Fault.is(had)) seen.get(had.key.id)?.push(had.version.sequence);
          expect(await source.acknowledge(received)).to.deep.equal(received.map(() => 'done'));
        }
      }),
    );
    const expected = range(10).map((n) => `${n + 1}`);
    for (const id of ids) expect(seen.get(id), id).to.deep.equal(expected);
  });

  it('given eight workers with the same changes, when all apply them, then rows are as the last left them', async () => {
    const rows = range(20).map(() => unique('N'));
    const changes = rows.flatMap((name) => {
      const [first, second] = ['first', 'second'].map((model) => faaRow(name, { model }));
      return [
        changeOf(streamRecord({ after: first!, sequence: 1 })),
        changeOf(streamRecord({ before: first!, after: second!, sequence: 2 })),
      ];
    });
    const workers = range(8).map(() => fleetOn(own));
    const unconnected = await Promise.all(workers.map(({ replica }) => replica.apply(changes)));
    expect(unconnected.map((found) => found.length)).to.deep.equal(range(8).map(() => 0));
    const models = (await collect(workers[0]!.state.rows())).map((row) => row.get('model'));
    expect(models).to.deep.equal(rows.map(() => 'second'));
  });

  it('given a target that is coming back, when its pointer is removed, then that waits, and is not done', async () => {
    const { images, put, remove } = fleetOn(own);
    const one = entity({ orgId: unique('org'), entityType: 'ICAO', entityId: 'C172' });
    const view = async () => {
      const [found] = await images.load([one]);
      if (found === undefined || Fault.is(found)) throw found ?? new Error('no view');
      return found;
    };
    await put(imageRow(one, '1'), {});
    const fresh = await view();
    expect(await images.save([{ view: fresh, member: fresh.newest }])).to.deep.equal(['done']);
    await remove(imageRow(one, '1'));
    const gone = await view();
    let removing: Promise<unknown> | undefined;
    await own.database.transaction(async (client) => {
      // What a replica does as it applies the row's change.
      await client.query(
        `update ${own.names.source_rows} set kind = $1, removed = false, attributes = '{}' where sort = 'IMG#1'`,
        [one.model.kind],
      );
      removing = images.save([{ view: gone, member: undefined }]);
      await wait(300);
    });
    expect(await removing).to.deep.equal(['conflict']);
    expect((await view()).target?.sort).to.equal('IMG#1');
  });
});
