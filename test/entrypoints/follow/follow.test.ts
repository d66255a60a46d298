import { expect } from 'chai';
import { Fault } from '../../../src/domain/fault.ts';
import { nameOf } from '../../application/read-stream/readers.ts';
import { FollowedTable } from './followed-table.ts';

describe('following the streams of a table', () => {
  it('given requests that fail for a while, then each is tried again, and all is read', async () => {
    for (const failing of ['load', 'add', 'list', 'advance', 'describe']) {
      const table = new FollowedTable();
      const failures = new Map<string, number>();
      table.around = (name, make) => {
        const count = (failures.get(name) ?? 0) + 1;
        failures.set(name, count);
        return name === failing && count <= 3 ? Promise.reject(new Fault('transient', 'throttled')) : make();
      };
      table.switchOn('ab');
      table.start({ listMs: 2_000 });
      await table.pass(4_000);
      table.switchOff();
      await table.pass(60_000);
      expect(table.result, failing).to.equal('ended');
      expect(table.handled, failing).to.deep.equal(['a1', 'b1']);
      expect(
        (await table.states.load(table.arn)).map(({ complete }) => complete),
        failing,
      ).to.deep.equal([true]);
      expect(failures.get(failing), failing).to.be.above(3);
    }
  });

  it('given what an operator has to mend, then it is told at once', async () => {
    const table = new FollowedTable();
    table.switchOn('a');
    const fault = new Fault('configuration', 'no right');
    table.around = (name, make) => (name === 'load' ? Promise.reject(fault) : make());
    table.start();
    await table.pass(1_000);
    expect(table.result).to.deep.equal({ error: fault });
  });

  it('given a stream that is switched off before it was read to its end, then the rest is read, also once', async () => {
    for (const once of [false, true]) {
      const table = new FollowedTable();
      table.switchOn('a');
      table.start({ once });
      await table.pass(6_000);
      table.process.stop.abort();
      await table.pass(6_000);
      for (const item of 'bc') table.streams.get(table.latest!)!.write(item);
      table.switchOff();
      table.replaceProcess();
      table.start({ once });
      await table.pass(20_000);
      expect(table.result).to.equal('ended');
      expect(table.handled).to.deep.equal(['b1', 'c1']);
      table.replaceProcess();
      table.start({ once });
      await table.pass(20_000);
      expect(table.result).to.equal('nothing to read');
    }
  });

  it('given an older stream that is gone unread, then its gap is in the result', async () => {
    const table = new FollowedTable();
    table.switchOn('a');
    table.start();
    await table.pass(1_000);
    const first = table.latest!;
    table.process.alive = false;
    table.switchOn('b');
    table.streams.delete(first);
    table.replaceProcess();
    const follow = table.start();
    await table.pass(5_000);
    table.process.stop.abort();
    await table.pass(6_000);
    expect(table.handled).to.deep.equal(['b1']);
    const reasons = follow.result.gaps.map(({ reason }) => reason);
    expect(reasons).to.have.members(['new stream', 'vanished']);
    expect(follow.reading.status.gaps, 'told still').to.deep.equal(follow.result.gaps);
    expect((await table.states.gaps(first)).map(({ reason }) => reason)).to.deep.equal(['vanished']);
  });

  it('given gaps of a stream that was read to its end, then they are told as well, until they are closed', async () => {
    const table = new FollowedTable();
    table.switchOn('a');
    const first = table.latest!;
    table.start();
    await table.pass(3_000);
    table.switchOff();
    table.process.alive = false;
    table.replaceProcess();
    table.start({ listMs: 5_000 });
    await table.pass(10_000);
    expect(table.result).to.equal('ended');
    table.switchOn('b');
    table.replaceProcess();
    const follow = table.start({ listMs: 5_000 });
    await table.pass(3_000);
    const told = () => follow.reading.status.gaps.map(({ reason, stream }) => [reason, stream]);
    expect(told()).to.deep.equal([
      ['switched off', first],
      ['new stream', table.latest],
    ]);
    await table.states.closeGaps(first, await table.states.gaps(first));
    await table.pass(8_000);
    expect(told()).to.deep.equal([['new stream', table.latest]]);
    await table.states.closeGaps(table.latest!, await table.states.gaps(table.latest!));
    await table.pass(8_000);
    table.process.stop.abort();
    await table.pass(3_000);
    expect(follow.result.gaps).to.deep.equal([]);
  });

  it('given an older stream that is held back, then what has left the next one meanwhile is a gap', async () => {
    for (const isRolled of [false, true]) {
      const table = new FollowedTable(60_000);
      table.switchOn('a');
      let isDown = true;
      const handle = async (records: readonly unknown[]) =>
        records.map((each) => {
          if (isDown) return new Fault('transient', 'down');
          table.handled.push(nameOf(each));
          return 'done' as const;
        });
      table.start({ retryMs: 2_000 }, handle);
      await table.pass(3_000);
      table.switchOff();
      const next = table.switchOn('b');
      table.process.alive = false;
      table.replaceProcess();
      const follow = table.start({ retryMs: 2_000, listMs: 5_000 }, handle);
      await table.pass(40_000);
      if (isRolled) next.roll(next.leaves[0]!, false);
      await table.pass(65_000);
      next.write('c');
      isDown = false;
      await table.pass(20_000);
      table.process.stop.abort();
      await table.pass(6_000);
      expect(table.handled).to.deep.equal(['a1', 'c1']);
      const gaps = follow.result.gaps.map(({ reason, shard }) => [reason, shard]);
      expect(gaps).to.deep.include([isRolled ? 'vanished' : 'trimmed', 'shard-0001']);
    }
  });

  it('given an older stream that is held back until all shards of the next one have left it, then that is a gap', async () => {
    const table = new FollowedTable(60_000);
    table.switchOn('a');
    let isDown = true;
    const handle = async (records: readonly unknown[]) =>
      records.map((each) => {
        if (isDown) return new Fault('transient', 'down');
        table.handled.push(nameOf(each));
        return 'done' as const;
      });
    table.start({ retryMs: 2_000 }, handle);
    await table.pass(3_000);
    table.switchOff();
    const next = table.switchOn('b');
    table.process.alive = false;
    table.replaceProcess();
    table.start({ retryMs: 2_000, listMs: 5_000 }, handle);
    await table.pass(20_000);
    table.switchOff();
    // Another process, as what this one knows of them would do.
    table.process.alive = false;
    await table.pass(65_000);
    isDown = false;
    table.replaceProcess();
    table.start({ retryMs: 2_000, listMs: 5_000 }, handle);
    await table.pass(40_000);
    expect(table.handled).to.deep.equal([]);
    const gaps = (await table.states.gaps(next.arn)).map(({ reason, shard }) => [reason, shard]);
    expect(gaps).to.deep.include(['vanished', 'shard-0001']);
  });

  it('given requests that fail until it is stopped, then it ends at once, by the reason that it was stopped for', async () => {
    const table = new FollowedTable();
    table.switchOn('a');
    table.around = (name, make) =>
      name === 'load' ? Promise.reject(new Fault('transient', 'throttled')) : make();
    table.start();
    await table.pass(20_000);
    table.process.stop.abort();
    await table.pass(10);
    expect(table.result).to.deep.equal({ error: table.process.stop.signal.reason as unknown });
    expect(table.process.lines.map(({ level }) => level)).to.include('warn');
  });

  it('given an older stream with a record that cannot be handled, then --once leaves the next one for when it can be', async () => {
    const table = new FollowedTable();
    table.switchOn('ab');
    let isDown = true;
    const handle = async (records: readonly unknown[]) =>
      records.map((each) => {
        if (isDown && nameOf(each) === 'b1') return new Fault('transient', 'down');
        table.handled.push(nameOf(each));
        return 'done' as const;
      });
    table.start({}, handle);
    await table.pass(2_000);
    table.process.stop.abort();
    await table.pass(6_000);
    table.switchOff();
    table.switchOn('c');
    const once = async () => {
      table.replaceProcess();
      const follow = table.start({ once: true, retryMs: 500 }, handle);
      await table.pass(30_000);
      expect(table.result).to.equal('ended');
      return follow.result;
    };
    expect(await once()).to.include({ unhandled: 1 });
    expect(table.handled).not.to.include('c1');
    isDown = false;
    expect(await once()).to.include({ unhandled: 0 });
    expect(table.handled.slice(-2)).to.deep.equal(['b1', 'c1']);
  });
});
