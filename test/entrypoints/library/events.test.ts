import { expect } from 'chai';
import type { StreamGap } from '../../../src/domain/shard.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { createReader } from '../../../src/entrypoints/library/create-reader.ts';
import { faultOf, ReadTable } from './read-table.ts';
import { named, shop } from './reader-shop.ts';

function aReader(table: ReadTable, options: { readonly state?: string; readonly from?: 'latest' } = {}) {
  return createReader({ ...table.read, ...options, definition: shop });
}

describe('the events of a reader', () => {
  it('given listeners, then each change is given to those of its operation, one after the other, and is handled then', async () => {
    const table = new ReadTable();
    table.orders('a1 a1');
    table.put({ PK: 'CUSTOMER#a', SK: 'ORDER#1' });
    const told: string[] = [];
    const reader = aReader(table)
      .on('insert', async (change) => {
        await Promise.resolve();
        told.push(`insert ${named(change)}`);
      })
      .on('insert', ({ before }) => told.push(`second ${before}`))
      .on('modify', ({ before, after }) =>
        told.push(`modify ${JSON.stringify(before) === JSON.stringify(after)}`),
      )
      .on('remove', ({ after }) => told.push(`remove ${after}`));
    const result = await table.settled(reader.run({ once: true }));
    expect(told).to.deep.equal(['insert a1', 'second undefined', 'modify true', 'remove undefined']);
    expect(result).to.deep.equal({ handled: 3, unhandled: 0, gaps: [], isEndOfStream: false });
    told.length = 0;
    await table.settled(reader.run({ once: true }));
    expect(told).to.deep.equal([]);
  });

  it('given a listener that fails, then the change comes again, and is left after five times where it is read once', async () => {
    const table = new ReadTable();
    table.orders('a1 b1 a2');
    const told: string[] = [];
    const reader = aReader(table).on('insert', async (change) => {
      told.push(`${named(change)} ${change.attempt}`);
      if (named(change) === 'a1') throw new Error('no');
    });
    const result = await table.settled(reader.run({ once: true }));
    expect(told).to.deep.equal(['a1 1', 'b1 1', 'a2 1', 'a1 2', 'a1 3', 'a1 4', 'a1 5']);
    expect(result).to.include({ handled: 2, unhandled: 1 });
  });

  it('given several at a time, then rows are handled at once, and those of a row one after the other', async () => {
    const table = new ReadTable();
    table.orders('a1 b1 c1 d1 a1 b1 c1 d1');
    const [under, most, doubles] = [new Set<string>(), { at: 0 }, { count: 0 }];
    const handle = async (change: { readonly key: Readonly<Record<string, string>> }) => {
      if (under.has(named(change))) doubles.count++;
      under.add(named(change));
      most.at = Math.max(most.at, under.size);
      await table.process.sleep(1_000);
      under.delete(named(change));
    };
    const reader = aReader(table).on('insert', handle).on('modify', handle);
    const { handled } = await table.settled(reader.run({ once: true, concurrency: 3 }));
    expect([handled, most.at, doubles.count]).to.deep.equal([8, 3, 0]);
  });

  it('given a signal that is aborted, then what is under way ends, and is handled', async () => {
    const table = new ReadTable();
    table.orders('a1 b1');
    const stop = new AbortController();
    const reader = aReader(table).on('insert', async () => {
      stop.abort();
      await table.process.sleep(10_000);
    });
    expect(await table.settled(reader.run({ signal: stop.signal }))).to.include({ handled: 1, unhandled: 1 });
  });

  it('given shards that come and go, then that is told, before anything of them is read', async () => {
    const table = new ReadTable();
    const told: string[] = [];
    const [first] = table.leaves;
    const stop = new AbortController();
    const names = new Map([[first!, 'one']]);
    const inWords = (shards: readonly string[]) => shards.map((id) => names.get(id) ?? id).join();
    const reader = aReader(table)
      .on('insert', (change) => told.push(named(change)))
      .on('new shards', ({ shards, stream }) =>
        told.push(`+${inWords(shards)} ${stream === table.stream.arn}`),
      )
      .on('removed shards', ({ shards }) => told.push(`-${inWords(shards)}`));
    table.orders('a1');
    const running = reader.run({ signal: stop.signal });
    await table.pass(10_000);
    table.stream.roll(first!);
    names.set(table.leaves[0]!, 'two');
    table.orders('a2');
    await table.pass(20_000);
    table.stream.trim(first!);
    // What is behind it may still ask for it.
    await table.pass(200_000);
    expect(told).to.have.length(4);
    table.stream.roll(table.leaves[0]!);
    names.set(table.leaves[0]!, 'three');
    // A shard is forgotten once complete listings have been without it for ten minutes.
    await table.pass(800_000);
    stop.abort();
    await table.settled(running);
    expect(told).to.deep.equal(['+one true', 'a1', '+two true', 'a2', '+three true', '-one']);
  });

  it('given changes that are lost, then that is told before those behind them come, and again until it is closed', async () => {
    const table = new ReadTable();
    table.orders('a1');
    const told: string[] = [];
    const gaps: StreamGap[] = [];
    const listening = (reader: ReturnType<typeof aReader>) =>
      reader
        .on('insert', (change) => told.push(named(change)))
        .on('gap', (gap) => {
          gaps.push(gap);
          told.push(`${gap.reason} after ${gap.after}`);
        });
    const first = listening(aReader(table));
    await table.settled(first.run({ once: true }));
    table.orders('b1 c1');
    table.stream.trim(table.leaves[0]!, 1);
    const second = listening(aReader(table, { state: await first.state() }));
    const result = await table.settled(second.run({ once: true }));
    expect(told).to.deep.equal(['a1', 'trimmed after 96', 'c1']);
    expect(result.gaps).to.deep.equal(gaps);
    const third = listening(aReader(table, { state: await second.state() }));
    await table.settled(third.run({ once: true }));
    expect(told.slice(3)).to.deep.equal(['trimmed after 96']);
    await third.closeGap(gaps[0]!);
    const fourth = listening(aReader(table, { state: await third.state() }));
    expect((await table.settled(fourth.run({ once: true }))).gaps).to.deep.equal([]);
    expect(told).to.have.length(4);
  });

  it('given a listener of shards or gaps that throws, then the reader ends with that', async () => {
    const table = new ReadTable();
    const reader = aReader(table).on('new shards', () => {
      throw new Error('mine');
    });
    const error = await table.settled(reader.run().catch((thrown: unknown) => thrown));
    expect(error).to.include({ message: 'mine' });
  });

  it('given a listener of gaps or shards that throws or rejects, then the next reading tells it again', async () => {
    const throwing = (error: Error) => {
      throw error;
    };
    const rejecting = async (error: Error) => Promise.reject(error);
    for (const fail of [throwing, rejecting])
      for (const event of ['gap', 'new shards'] as const) {
        const table = new ReadTable();
        table.orders('a1');
        const first = aReader(table).on('insert', () => undefined);
        await table.settled(first.run({ once: true }));
        table.orders('b1 c1');
        table.stream.trim(table.leaves[0]!, 1);
        let times = 0;
        const second = aReader(table, { state: await first.state() }).on(event, () =>
          ++times === 1 ? fail(new Error('mine')) : undefined,
        );
        const error = await table.settled(second.run({ once: true }).catch((thrown: unknown) => thrown));
        expect(error, event).to.include({ message: 'mine' });
        expect(times, event).to.equal(1);
        await table.settled(second.run({ once: true }));
        expect(times, event).to.equal(2);
      }
  });

  it('given a gap that is closed while the reader reads, then its status has it no more, nor what it returns', async () => {
    const table = new ReadTable();
    table.orders('a1');
    const first = aReader(table);
    await table.settled(first.run({ once: true }));
    table.orders('b1 c1');
    table.stream.trim(table.leaves[0]!, 1);
    const second = aReader(table, { state: await first.state() });
    const closing: Promise<void>[] = [];
    second.on('gap', (gap) => closing.push(table.process.sleep(10).then(() => second.closeGap(gap))));
    const running = second.run({ once: true });
    for (let n = 0; n < 100 && closing.length === 0; n++) await table.pass(100);
    await table.settled(closing[0]!);
    expect(second.status.gaps).to.deep.equal([]);
    expect((await table.settled(running)).gaps).to.deep.equal([]);
  });

  it('given a loop beside listeners for changes, or no such event, then that is said', async () => {
    const reader = aReader(new ReadTable()).on('modify', () => undefined);
    expect(() => reader.changes()).to.throw(Fault, 'the reader has a listener for modify');
    expect(() => reader.on('update' as never, (() => undefined) as never)).to.throw(
      Fault,
      'a reader has no event update: expected one of insert, modify, remove, new shards, removed shards, gap',
    );
  });
});

describe('the options of a reader', () => {
  it('given what is wrong with them, then all of it is said at once', () => {
    const wrong = {
      ...{ table: '', streamArn: 'x', definition: {}, from: 'now', state: 1, states: {} },
      ...{ onPoison: 5, heldBytes: 0, failoverMs: 1.5 },
    };
    expect(() => createReader(wrong as never))
      .to.throw(Fault)
      .with.property('message')
      .that.equals(
        [
          'the reader cannot read: give it what to read: one of table, streamArn and source',
          'its table must be a name or an ARN, and is an empty string',
          'its streamArn is x, which is none: expected arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL',
          'its definition must be what defineTable(…) returns',
          "its from must be 'horizon' or 'latest'",
          'its state must be what state() of a reader gave, and is a number',
          'it has both state and states: leave one out',
          'its states need a name: what the changes are read for, the same for all processes that share them',
          'its onPoison must be a function, and is a number',
          'its heldBytes must be an integer of at least 1, and is 0',
          'its failoverMs must be an integer of at least 500, and is 1.5',
        ].join('; '),
      );
    for (const none of [undefined, {}, { name: 'x', table: 'y' }])
      expect(() => createReader(none as never))
        .to.throw(Fault)
        .with.property('kind', 'configuration');
    for (const concurrency of [0, 1_001])
      expect(() => createReader({ table: 'x' }).changes({ concurrency })).to.throw(Fault, 'from 1 to 1000');
  });

  it('given a stream that cannot be listed for want of a right, then that ends it', async () => {
    const table = new ReadTable();
    const fault = new Fault('configuration', 'no right', { cause: new Error('AccessDenied') });
    table.source.list = () => Promise.reject(fault);
    expect(await table.settled(faultOf(aReader(table).run()))).to.equal(fault);
  });
});
