import { expect } from 'chai';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { DynamoDbShardStates } from '../../src/adapters/aws/electrodb/shards/dynamodb-shard-states.ts';
import { tableStreamOf } from '../../src/adapters/aws/streams/table-stream.ts';
import { readerGaps } from '../../src/entrypoints/cli/verify/reader-gaps.ts';
import { foundByRepair, PLANTED, plantedRows } from '../application/drift/planted.ts';
import { orderRow } from '../application/drift/proof-world.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';
import { type OpenedWorld, openWorld, type TableWorld } from './table-world.ts';
import { createAuditTable, describeWithServers, sharedServers } from './shared-servers.ts';

describeWithServers('Verify on DynamoDB', () => {
  const environmentBefore = { ...process.env };
  let opened: OpenedWorld;
  let world: TableWorld;

  before(async function () {
    this.timeout(180_000);
    await createAuditTable();
    opened = await openWorld(await sharedServers());
    ({ world } = opened);
  });

  after(async () => {
    await world.close();
    for (const name of Object.keys(process.env))
      if (!(name in environmentBefore)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, environmentBefore);
  });

  it('given rows that change while it looks, and are handled before it looks again, then finds no drift', async function () {
    this.timeout(60_000);
    await world.write(...range(16).map((n) => orderRow(`c${n % 4}`, `${n}`)));
    const controller = new AbortController();
    const writing = (async () => {
      for (let n = 0; !controller.signal.aborted; n++) {
        const row = orderRow(`c${n % 4}`, `${n % 16}`, { status: STATUSES[n % 3]!, total: n });
        const record = world.record(row, n % 5 === 4);
        await world.changed([record]);
        await world.handle([record]);
      }
    })();
    try {
      expect((await world.verify({ settleMs: 200, looks: 3 })).words).to.deep.equal([]);
    } finally {
      controller.abort();
      await writing;
    }
    const { words, undecided } = await world.verify();
    expect({ words, undecided }).to.deep.equal({ words: [], undecided: [] });
  });

  it('given drift of all kinds, then finds each item once, and nothing else, and mends it', async function () {
    this.timeout(60_000);
    const prefixes = PLANTED.map((_, n) => `p${n}-`);
    await world.write(...prefixes.flatMap(plantedRows));
    expect((await world.verify()).words).to.deep.equal([]);
    for (const [n, { plant }] of PLANTED.entries()) await plant(world, prefixes[n]!);
    const { words, undecided } = await world.verify({ pageRows: 20 });
    const all = PLANTED.flatMap(({ found }, n) => found(prefixes[n]!)).toSorted();
    expect({ words, undecided }).to.deep.equal({ words: all, undecided: [] });
    const repaired = await world.repair(undefined, { pageRows: 20 });
    expect(repaired.mendings.filter((mending) => !mending.startsWith('mended '))).to.deep.equal([]);
    const mended = PLANTED.flatMap((planted, n) => foundByRepair(planted, prefixes[n]!)).toSorted();
    expect(repaired.words).to.deep.equal(mended);
    expect((await world.verify()).words).to.deep.equal([]);
  });

  it('given another table that derives into the same one, then its rows are none of this one', async function () {
    this.timeout(60_000);
    const other = await openWorld(await sharedServers());
    const [mine, theirs] = [unique('mine'), unique('theirs')];
    await world.write(orderRow(mine, '1'));
    await other.world.write(orderRow(theirs, '1'));
    expect((await world.repair()).words).to.deep.equal([]);
    expect((await other.world.verify()).words).to.deep.equal([]);
    // One that both give is of the first.
    await other.world.write(orderRow(mine, '1'));
    const { mendings } = await other.world.repair(['wrong', 'stale', 'missing']);
    const taken = mendings.filter((mending) => mending.startsWith('left '));
    expect(taken.join()).to.match(/in table audit: .*each derived row must have one source/);
    expect((await world.verify()).words).to.deep.equal([]);
    await other.world.close();
  });

  describe('gaps of the reader', () => {
    const gapAt = (at: number) => ({ shard: 'shardId-1', reason: 'trimmed' as const, after: `${at}`, at });

    it('given that nothing differs after a repair, then closes those that were noted before it began', async function () {
      this.timeout(60_000);
      const { environment } = opened;
      const { dynamodb } = (await sharedServers()).clients;
      const { table } = await tableStreamOf(dynamodb, environment['TABLE_NAME'] ?? '');
      const stream = `${table}/stream/2026-01-01T09:00:00.000`;
      const shards = new DynamoDbShardStates(documentClientOf(dynamodb), {
        stateTable: environment['STATE_TABLE_NAME'] ?? '',
      });
      await shards.add(table, [{ id: stream, parent: undefined, start: 'horizon' }]);
      expect(await readerGaps(environment)).to.equal(undefined);
      await shards.noteGaps(stream, [gapAt(1)]);
      const behind = await (await readerGaps(environment))?.end(undefined);
      expect(behind?.closed).to.deep.equal([]);
      expect(behind?.why).to.match(/^an earlier stream was not read to its end/);
      await shards.advance(table, [{ shard: stream, epoch: 0, complete: true }]);
      const left = await (await readerGaps(environment))?.end('drift is left');
      expect(left).to.deep.equal({ closed: [], open: [{ stream, ...gapAt(1) }], why: 'drift is left' });
      const gaps = await readerGaps(environment);
      await shards.noteGaps(stream, [gapAt(2)]);
      expect(await gaps?.end(undefined)).to.deep.equal({
        closed: [{ stream, ...gapAt(1) }],
        open: [{ stream, ...gapAt(2) }],
        why: 'they were noted meanwhile',
      });
      await (await readerGaps(environment))?.end(undefined);
      expect(await readerGaps(environment)).to.equal(undefined);
    });

    it('given a table that is not there, then says that it is not known', async () => {
      const gaps = await readerGaps({ ...opened.environment, TABLE_NAME: unique('missing') });
      expect((await gaps?.end(undefined))?.why).to.match(/^whether gaps are open is not known: .*missing/);
    });
  });
});

const STATUSES = ['open', 'sent', 'draft'] as const;
