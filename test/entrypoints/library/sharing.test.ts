import { expect } from 'chai';
import fc from 'fast-check';
import { MemoryShardStates } from '../../../src/adapters/memory/memory-shard-states.ts';
import { MemoryStreamSource } from '../../../src/adapters/memory/memory-stream-source.ts';
import { createReader } from '../../../src/entrypoints/library/create-reader.ts';
import { ReadTable } from './read-table.ts';
import { named, shop } from './reader-shop.ts';

const CUSTOMERS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

describe('readers that share their states', () => {
  it('given one name, then each change comes to one of them, and all shards go to the others when one ends', async () => {
    const table = new ReadTable('orders', 4);
    const states = new MemoryShardStates();
    const told: string[] = [];
    const start = (who: string) => {
      const stop = new AbortController();
      const reader = createReader({ ...table.read, definition: shop, states, name: 'test' });
      reader.on('insert', (change) => told.push(`${named(change)} ${who}`));
      return { stop, reader, running: reader.run({ signal: stop.signal }) };
    };
    const [one, two] = [start('one'), start('two')];
    await table.pass(30_000);
    table.orders(CUSTOMERS.map((customer) => `${customer}1`).join(' '));
    await table.pass(10_000);
    const [byOne, byTwo] = ['one', 'two'].map((who) => told.filter((each) => each.endsWith(who)));
    expect(told.map((each) => each.split(' ')[0]).toSorted()).to.deep.equal(
      CUSTOMERS.map((customer) => `${customer}1`),
    );
    expect(byOne?.length, told.join()).to.be.above(0);
    expect(byTwo?.length, told.join()).to.be.above(0);
    one.stop.abort();
    await table.settled(one.running);
    table.orders(CUSTOMERS.map((customer) => `${customer}2`).join(' '));
    await table.pass(10_000);
    expect(told.slice(8).map((each) => each.slice(3))).to.deep.equal(CUSTOMERS.map(() => 'two'));
    two.stop.abort();
    await table.settled(two.running);
  });

  it('given another name, then each gets all changes; given the same later, it goes on', async () => {
    const table = new ReadTable();
    const states = new MemoryShardStates();
    table.orders('a1 b1');
    const taken = async (name: string) => {
      const reader = createReader({ ...table.read, definition: shop, states, name });
      return (await table.taken(reader.changes({ once: true }))).map(named);
    };
    expect(await taken('one')).to.deep.equal(['a1', 'b1']);
    expect(await taken('two')).to.deep.equal(['a1', 'b1']);
    table.orders('c1');
    expect(await taken('one')).to.deep.equal(['c1']);
  });

  it('given a process that stood still, then its change is given up, and another has it', async () => {
    const table = new ReadTable();
    const states = new MemoryShardStates();
    table.orders('a1');
    const options = { definition: shop, states, name: 'test' };
    const [one, two] = [1, 2].map(() => createReader({ ...table.read, ...options }));
    const changes = one!.changes();
    const { value: change } = await table.settled(changes.next());
    const { signal } = change!;
    const renew = states.renew.bind(states);
    // All that it asks is refused as long as another has the lease; what this one asks gets lost.
    states.renew = () => Promise.reject(new Error('no answer'));
    const other = await table.taken(two!.changes(), 1);
    expect(other.map(named)).to.deep.equal(['a1']);
    expect(signal.aborted).to.equal(true);
    states.renew = renew;
    change!.done();
    await table.settled(changes.return());
  });
});

describe('changes, whatever happens', () => {
  it('given shards that split and roll, loops that are left and changes that fail, then all are handled, those of a row in order', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ put: fc.constantFrom(...CUSTOMERS) }) },
      {
        weight: 2,
        arbitrary: fc.record({ take: fc.integer({ min: 1, max: 8 }), concurrency: fc.constantFrom(1, 1, 3) }),
      },
      { weight: 1, arbitrary: fc.record({ shard: fc.nat(7), how: fc.constantFrom('split', 'roll') }) },
      { weight: 1, arbitrary: fc.constant('restored') },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40 }),
        fc.infiniteStream(fc.nat(9)),
        async (steps, chance) => {
          const table = new ReadTable('orders', 2);
          const written = new Map<string, number>();
          const handled = new Map<string, number>();
          const isUnlucky = () => chance.next().value === 0;
          let reader = createReader({ ...table.read, definition: shop });
          const take = async (count: number, concurrency: number, once: boolean) => {
            let taken = 0;
            for await (const change of reader.changes({ concurrency, once })) {
              const [name, n] = [
                named(change),
                Number((change as { after: { status: string } }).after.status),
              ];
              const before = handled.get(name) ?? 0;
              expect(n, `${name} ${n} after ${before}`).to.be.at.most(before + 1);
              if (!once && isUnlucky()) change.failed(new Error('no'));
              else {
                handled.set(name, Math.max(n, before));
                change.done();
              }
              if (++taken === count) break;
            }
          };
          for (const each of steps)
            if (each === 'restored')
              reader = createReader({ ...table.read, definition: shop, state: await reader.state() });
            else if ('put' in each) {
              const n = (written.get(`${each.put}1`) ?? 0) + 1;
              written.set(`${each.put}1`, n);
              table.put({ PK: `CUSTOMER#${each.put}`, SK: 'ORDER#1' }, { status: String(n) });
            } else if ('shard' in each) {
              const leaf = table.leaves[each.shard % table.leaves.length]!;
              if (each.how === 'roll' || table.leaves.length > 4) table.stream.roll(leaf);
              else table.stream.split(leaf);
            } else {
              const left = [...written].reduce((sum, [name, n]) => sum + n - (handled.get(name) ?? 0), 0);
              if (left > 0) await table.settled(take(Math.min(each.take, left), each.concurrency, false));
            }
          await table.settled(take(Infinity, 1, true));
          expect(Object.fromEntries(handled)).to.deep.equal(Object.fromEntries(written));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('given iterators that expire, then the loop goes on', async () => {
    const table = new ReadTable();
    const source = new MemoryStreamSource(table.stream, table.process.clock, { iteratorMs: 1_000 });
    const changes = createReader({ ...table.read, source, definition: shop }).changes();
    const next = changes.next();
    await table.pass(60_000);
    table.orders('a1');
    expect(named((await table.settled(next)).value!)).to.equal('a1');
    await table.settled(changes.return());
  });
});
