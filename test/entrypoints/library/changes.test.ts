import { expect } from 'chai';
import { statesText } from '../../../src/adapters/files/states-text.ts';
import { MemoryShardStates } from '../../../src/adapters/memory/memory-shard-states.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { createReader } from '../../../src/entrypoints/library/create-reader.ts';
import { faultOf, ReadTable } from './read-table.ts';
import { named, shop } from './reader-shop.ts';

const ONE = { PK: 'CUSTOMER#anna', SK: 'ORDER#1' };

function aReader(
  table: ReadTable,
  options: { readonly heldBytes?: number; readonly state?: string; readonly from?: 'latest' } = {},
) {
  return createReader({ ...table.read, ...options, definition: shop });
}

describe('a reader, to a loop', () => {
  it('given a definition, then the changes of its rows come by kind and operation, in their order', async () => {
    const table = new ReadTable();
    table.put(ONE, { status: 'new' });
    table.put({ PK: 'CUSTOMER#anna', SK: 'PROFILE' }, { name: 'Anna' });
    table.put({ PK: 'SOMETHING', SK: 'ELSE' }, {});
    table.put(ONE, { status: 'paid' });
    table.put(ONE);
    const changes = await table.taken(aReader(table).changes({ once: true }));
    expect(
      changes.map(({ kind, operation, key, before, after, origin, at }) => ({
        ...{ kind, operation, key, before: { ...before }, after: { ...after }, origin, at },
      })),
    ).to.deep.equal(
      [
        { kind: 'order', operation: 'INSERT', before: {}, after: { ...ONE, status: 'new' } },
        {
          ...{ kind: 'customer', operation: 'INSERT', key: { customer: 'anna' }, before: {} },
          after: { PK: 'CUSTOMER#anna', SK: 'PROFILE', name: 'Anna' },
        },
        {
          ...{ kind: 'order', operation: 'MODIFY', before: { ...ONE, status: 'new' } },
          after: { ...ONE, status: 'paid' },
        },
        { kind: 'order', operation: 'REMOVE', before: { ...ONE, status: 'paid' }, after: {} },
      ].map((change) => ({
        ...{ key: { customer: 'anna', order: '1' }, origin: 'user', at: 1_767_603_600_000 },
        ...change,
      })),
    );
    expect(new Set(changes.map(({ id }) => id)).size).to.equal(4);
    expect(changes[0]?.record.dynamodb?.SequenceNumber).to.equal('96');
  });

  it('given a loop that is left, when it is read again, then it goes on with the change that it was left at', async () => {
    const table = new ReadTable();
    table.orders('a1 b1 c1 d1');
    const reader = aReader(table);
    expect((await table.taken(reader.changes(), 2)).map(named)).to.deep.equal(['a1', 'b1']);
    const fails = async () => {
      for await (const change of reader.changes()) throw new Error(named(change));
    };
    const from = table.scheduler.now;
    expect(await table.settled(fails().catch(String))).to.equal('Error: b1');
    expect(table.scheduler.now - from).to.be.below(1_000);
    expect((await table.taken(reader.changes({ once: true }))).map(named)).to.deep.equal(['b1', 'c1', 'd1']);
    expect(await table.taken(reader.changes({ once: true }))).to.deep.equal([]);
  });

  it('given a change that failed, then it comes again after a pause, the later ones of its row after it, and the others go on', async () => {
    const table = new ReadTable();
    table.orders('a1 b1 a1 c1');
    const reader = aReader(table);
    const taken: string[] = [];
    const take = async () => {
      for await (const change of reader.changes()) {
        taken.push(`${named(change)} ${change.operation} ${change.attempt}`);
        if (change.operation === 'INSERT' && named(change) === 'a1' && change.attempt < 3)
          change.failed(new Error('no'));
        if (named(change) === 'c1') expect(await reader.state()).not.to.contain('"frontier"');
        if (change.operation === 'MODIFY') break;
      }
    };
    await table.settled(take());
    expect(taken).to.deep.equal([
      'a1 INSERT 1',
      'b1 INSERT 1',
      'c1 INSERT 1',
      'a1 INSERT 2',
      'a1 INSERT 3',
      'a1 MODIFY 1',
    ]);
    const failures = table.lines.filter(({ message }) => message === 'a change was not handled');
    expect(
      failures.map(({ level, fields }) => [level, fields['attempt'], String(fields['error'])]),
    ).to.deep.equal([
      ['error', 1, 'Error: no'],
      ['error', 2, 'Error: no'],
    ]);
  });

  it('given a change that always fails, when it is read once, then it is tried five times, and is left for the next time', async () => {
    const table = new ReadTable();
    table.orders('a1 b1');
    const reader = aReader(table);
    const attempts: string[] = [];
    const take = async () => {
      for await (const change of reader.changes({ once: true })) {
        attempts.push(named(change));
        if (named(change) === 'a1') change.failed(new Error('no'));
      }
    };
    await table.settled(take());
    expect(attempts).to.deep.equal(['a1', 'b1', 'a1', 'a1', 'a1', 'a1']);
    expect((await table.taken(reader.changes({ once: true }))).map(named)).to.include('a1');
  });

  it('given several under way, then each is of another row, no more are given, and only done is handled', async () => {
    const table = new ReadTable();
    table.orders('a1 a1 b1 c1 d1');
    const reader = aReader(table);
    const changes = reader.changes({ concurrency: 3 });
    const next = async () => (await table.settled(changes.next())).value!;
    const [one, two, three] = [await next(), await next(), await next()];
    expect(new Set([one, two, three].map(named)).size).to.equal(3);
    const fourth = changes.next();
    await table.pass(30_000);
    expect(await Promise.race([fourth, Promise.resolve('none')])).to.equal('none');
    for (const change of [one, two, three]) change.done();
    const four = (await table.settled(fourth)).value!;
    const five = await next();
    expect([four, five].map(named)).to.have.members(['a1', 'd1']);
    for (const change of [four, five]) change.done();
    await table.settled(changes.return());
    expect(await table.taken(reader.changes({ once: true }))).to.deep.equal([]);
  });

  it('given several under way, then what was not said to be done comes again', async () => {
    const table = new ReadTable();
    table.orders('a1 b1 c1');
    const reader = aReader(table);
    for await (const change of {
      [Symbol.asyncIterator]: () => driven(table, reader.changes({ concurrency: 3 })),
    }) {
      if (named(change) === 'b1') change.done();
      if (named(change) === 'c1') break;
    }
    expect((await table.taken(reader.changes({ once: true }))).map(named)).to.include.members(['a1', 'c1']);
  });

  it('given a slow loop, then no more is read than the bound and a page a shard, and the rest when it goes on', async () => {
    const table = new ReadTable('orders', 4);
    const read = { records: 0 };
    const { source } = table;
    const records = source.records.bind(source);
    source.records = async (iterator, max, signal) => {
      const page = await records(iterator, Math.min(max, 10), signal);
      if (page.is === 'page') read.records += page.records.length;
      return page;
    };
    for (let n = 0; n < 400; n++) table.put({ PK: `CUSTOMER#${n}`, SK: 'ORDER#1' }, { status: 'x' });
    const reader = aReader(table, { heldBytes: 2_500 });
    const changes = reader.changes({ once: true });
    await table.settled(changes.next());
    await table.pass(120_000);
    expect(read.records).to.be.within(25, 65);
    expect(reader.status.shards.reduce((sum, { held }) => sum + held, 0)).to.equal(read.records);
    expect(await table.taken(changes)).to.have.length(399);
  });

  it('given a signal that is aborted, then it ends without an error, what was given may be handled, and its shards are free', async () => {
    const table = new ReadTable();
    table.orders('a1 b1');
    const states = new MemoryShardStates();
    const reader = createReader({ ...table.read, definition: shop, states, name: 'test' });
    const stop = new AbortController();
    const changes = reader.changes({ signal: stop.signal });
    await table.settled(changes.next());
    stop.abort();
    await table.pass(10_000);
    expect(await table.settled(changes.next())).to.deep.equal({ done: true, value: undefined });
    const [shard] = await states.load(`${table.stream.arn}#test`);
    expect(shard).to.deep.include({ frontier: '96' });
    expect(shard?.lease.owner).to.equal('');
    expect(await table.taken(reader.changes({ signal: AbortSignal.abort() }))).to.deep.equal([]);
  });

  it('given nobody who comes back, when the signal is aborted, then the change is given up, and it ends in time', async () => {
    const table = new ReadTable();
    table.orders('a1');
    const reader = aReader(table);
    const stop = new AbortController();
    const changes = reader.changes({ signal: stop.signal, concurrency: 2 });
    const { value } = await table.settled(changes.next());
    const { signal } = value!;
    stop.abort();
    const from = table.scheduler.now;
    await table.settled(changes.next());
    expect(table.scheduler.now - from).to.be.within(20_000, 25_000);
    expect(signal.aborted).to.equal(true);
    value!.done();
    expect((await table.taken(reader.changes({ once: true }))).map(named)).to.deep.equal(['a1']);
  });

  it('given a loop that waits for the next change, when it is left from outside, then it ends', async () => {
    const table = new ReadTable();
    const changes = aReader(table).changes();
    const next = changes.next();
    await table.pass(5_000);
    await table.settled(changes.return());
    expect(await next).to.deep.equal({ done: true, value: undefined });
    expect(await table.settled(changes.next())).to.deep.equal({ done: true, value: undefined });
  });

  it('given several asked for at once, then they come one after the other', async () => {
    const table = new ReadTable();
    table.orders('a1 b1 c1');
    const changes = aReader(table).changes();
    const three = await table.settled(Promise.all([changes.next(), changes.next(), changes.next()]));
    expect(three.map(({ value }) => named(value!))).to.deep.equal(['a1', 'b1', 'c1']);
    await table.settled(changes.return());
  });

  it('given a stream that is switched off, then it ends with its last change', async () => {
    const table = new ReadTable();
    table.orders('a1');
    table.stream.switchOff();
    expect(await table.taken(aReader(table).changes())).to.have.length(1);
  });

  it('given a stream that is not there, then it rejects with what to do, once, and is over', async () => {
    const table = new ReadTable();
    table.source.list = () => Promise.resolve(undefined);
    const changes = aReader(table).changes();
    const fault = await table.settled(faultOf(changes.next()));
    expect(fault.kind).to.equal('configuration');
    expect(fault.message).to.contain('switch the table');
    expect(await table.settled(changes.next())).to.deep.equal({ done: true, value: undefined });
  });

  it('given requests that fail for a while, then they are tried again, and nothing is missing', async () => {
    const table = new ReadTable();
    table.orders('a1 b1');
    let calls = 0;
    for (const name of ['list', 'iterator', 'records'] as const) {
      const call = table.source[name].bind(table.source) as (...args: unknown[]) => Promise<unknown>;
      table.source[name] = ((...args: unknown[]) =>
        ++calls % 3 === 0 ? call(...args) : Promise.reject(new Fault('transient', 'throttled'))) as never;
    }
    expect(await table.taken(aReader(table).changes(), 2)).to.have.length(2);
  });

  it('given one that reads, then it cannot be begun a second time', async () => {
    const table = new ReadTable();
    const reader = aReader(table);
    const changes = reader.changes();
    void changes.begun();
    expect((await faultOf(reader.changes().next())).message).to.contain('is reading already');
    expect((await faultOf(reader.run())).message).to.contain('is reading already');
    await table.settled(changes.return());
  });
});

describe('a bookmark', () => {
  it('given the latest record, when it has begun, then what is written from then on comes, whatever shards do', async () => {
    const table = new ReadTable();
    table.orders('a1 b1');
    const reader = createReader({ ...table.read, definition: shop, from: 'latest' });
    const changes = reader.changes();
    await table.settled(changes.begun());
    table.orders('c1');
    table.stream.split(table.leaves[0]!);
    table.orders('a2 b2');
    await table.pass(3_600_000);
    for (const shard of table.leaves) table.stream.roll(shard);
    table.orders('d1');
    expect((await table.taken(changes, 4)).map(named)).to.have.members(['c1', 'a2', 'b2', 'd1']);
  });

  it('given that the loop is left before anything was asked for, then nothing is read any more', async () => {
    const table = new ReadTable();
    let requests = 0;
    const list = table.source.list.bind(table.source);
    table.source.list = (...asked) => (requests++, list(...asked));
    const changes = aReader(table).changes();
    await table.settled(changes.return());
    expect((await table.settled(faultOf(changes.begun()))).message).to.include('left before');
    expect(await table.settled(changes.next())).to.deep.equal({ done: true, value: undefined });
    expect(requests).to.equal(0);
  });

  it('given that it is left twice, then both wait until nothing goes on', async () => {
    const table = new ReadTable();
    table.orders('a1');
    const changes = aReader(table).changes();
    await table.settled(changes.next());
    const ended: string[] = [];
    const left = ['first', 'second'].map((name) => changes.return().then(() => ended.push(name)));
    await Promise.resolve();
    expect(ended).to.deep.equal([]);
    await table.settled(Promise.all(left));
    expect(ended).to.deep.equal(['first', 'second']);
  });

  it('given that it ends before, then that is told', async () => {
    const table = new ReadTable();
    table.source.list = () => Promise.reject(new Fault('transient', 'throttled'));
    const stop = new AbortController();
    const changes = aReader(table).changes({ signal: stop.signal });
    const begun = changes.begun().catch((error: unknown) => error);
    await table.pass(5_000);
    stop.abort();
    expect(await table.settled(begun)).to.equal(stop.signal.reason);
    await table.settled(changes.return());
    table.source.list = () => Promise.resolve(undefined);
    expect((await table.settled(faultOf(aReader(table).changes().begun()))).kind).to.equal('configuration');
  });
});

describe('the state of a reader', () => {
  it('given that it is saved and restored, then reading goes on with the first change that was not acknowledged', async () => {
    const table = new ReadTable();
    table.orders('a1 b1 c1 d1');
    const states: string[] = [];
    const reader = aReader(table);
    const take = async () => {
      for await (const change of reader.changes()) {
        states.push(await reader.state());
        if (named(change) !== 'c1') continue;
        change.done();
        states.push(await reader.state());
        break;
      }
    };
    await table.settled(take());
    const next = [];
    for (const state of states)
      next.push((await table.taken(aReader(table, { state }).changes(), 1)).map(named).join());
    expect(next).to.deep.equal(['a1', 'b1', 'c1', 'd1']);
    const last = aReader(table, { state: states.at(-1)! });
    expect(await last.state()).to.contain('"frontier":"98"');
  });

  it('given a state that was taken before anything was read from the latest change on, then what has come since is read', async () => {
    for (const isRolled of [false, true]) {
      const table = new ReadTable();
      table.orders('a1');
      const [parent] = table.leaves;
      table.stream.roll(parent!);
      const noted = new MemoryShardStates();
      const shard = { id: table.leaves[0]!, parent, start: 'latest' } as const;
      await noted.add(table.stream.arn, [shard]);
      const state = statesText(noted.noted);
      table.orders('b1');
      if (isRolled) table.stream.roll(table.leaves[0]!);
      table.orders('c1');
      const reader = aReader(table, { state, from: 'latest' });
      const taken = await table.taken(reader.changes({ once: true }));
      expect(taken.map(named), `${isRolled}`).to.deep.equal(['b1', 'c1']);
      expect(reader.status.gaps).to.deep.equal([]);
    }
  });

  it('given a shard whose last change is acknowledged, then that is in the state at once', async () => {
    const table = new ReadTable();
    const list = table.source.list.bind(table.source);
    table.source.list = (...asked) => table.process.sleep(1_000).then(() => list(...asked));
    table.orders('a1');
    table.stream.roll(table.leaves[0]!);
    table.orders('b1');
    for (const once of [true, false]) {
      const reader = aReader(table);
      const states: string[] = [];
      const take = async () => {
        for await (const change of reader.changes({ once })) {
          // By then the shard is known to have no more.
          await table.process.sleep(5_000);
          change.done();
          states.push(await reader.state());
          if (states.length === 2) break;
        }
      };
      await table.settled(take());
      const next = [];
      for (const state of states)
        next.push((await table.taken(aReader(table, { state }).changes({ once: true }))).map(named).join());
      expect(next).to.deep.equal(['b1', '']);
    }
  });

  it('given the state of another table, then that is said, and nothing is read', async () => {
    const [orders, others] = [new ReadTable(), new ReadTable('others')];
    const reader = aReader(others);
    others.orders('a1');
    await others.settled(reader.run({ once: true }));
    const state = await reader.state();
    const fault = await orders.settled(faultOf(aReader(orders, { state }).run({ once: true })));
    expect(fault.kind).to.equal('configuration');
    expect(fault.message).to.match(/is of arn:.*:table\/others, and it is to read arn:.*:table\/orders/);
    expect(await others.settled(aReader(others, { state }).run({ once: true }))).to.include({ handled: 0 });
  });

  it('given what is no state, or states of its own, then that is said', async () => {
    const table = new ReadTable();
    expect(() => aReader(table, { state: '{' })).to.throw(Fault, 'the state of the reader is damaged');
    const reader = createReader({ ...table.read, states: new MemoryShardStates(), name: 'test' });
    expect((await faultOf(reader.state())).kind).to.equal('configuration');
  });
});

/** Time passes while one waits for the next change. */
function driven<C>(table: ReadTable, changes: AsyncIterator<C>): AsyncIterator<C> {
  return {
    next: () => table.settled(changes.next()),
    return: async () => table.settled(changes.return!()),
  };
}
