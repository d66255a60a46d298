import { expect } from 'chai';
import { Sleeper } from '../../../src/application/ports/sleeper.ts';
import { aPlantedWorld as aWorld, PLANTED, plantedRows } from './planted.ts';
import { orderRow, ProofWorld } from './proof-world.ts';

/** A world in which something happens whenever verify waits; how often it did. */
function meanwhile(world: ProofWorld, happens: (time: number) => Promise<unknown>) {
  const waited = { times: 0 };
  class Meanwhile extends Sleeper {
    override async sleep(): Promise<void> {
      await happens(++waited.times);
    }
  }
  world.container.rebind(Sleeper).toConstantValue(new Meanwhile());
  return waited;
}

describe('Verify', () => {
  it('given everything as the rows say, then finds nothing, and says how much it compared', async () => {
    const world = await aWorld();
    const { words, undecided, refused, figures } = await world.verify();
    expect({ words, undecided, refused }).to.deep.equal({ words: [], undecided: [], refused: [] });
    const compared = Object.fromEntries(
      Array.from(figures.derivations, ([name, derivation]) => [name, derivation.compared]),
    );
    expect({ rows: figures.rows, ...compared }).to.deep.equal({
      ...{ rows: 4, search: 4, tags: 3, spend: 3, latest: 3, first: 3, copies: 8 },
    });
  });

  for (const { name, plant, found } of PLANTED)
    it(`given ${name}, then finds exactly that`, async () => {
      const world = await aWorld();
      await plant(world, '');
      const { words, undecided } = await world.verify();
      expect(words).to.deep.equal(found(''));
      expect(undecided).to.deep.equal([]);
    });

  it('given drift of all kinds, and as little memory as can be, then finds each item once', async () => {
    const world = await ProofWorld.inMemory();
    const prefixes = PLANTED.map((_, n) => `p${n}-`);
    for (const p of prefixes) await world.write(...plantedRows(p));
    for (const [n, { plant }] of PLANTED.entries()) await plant(world, prefixes[n]!);
    const least = { mostSuspects: 1, mostTuples: 20, mostSeen: 0, pageRows: 3, segments: 3 };
    const { words, undecided } = await world.verify(least);
    const all = PLANTED.flatMap(({ found }, n) => found(prefixes[n]!)).toSorted();
    expect({ words, undecided }).to.deep.equal({ words: all, undecided: [] });
  });

  it('given --only, then compares nothing else', async () => {
    const world = await aWorld();
    await world.changeBehind(orderRow('bob', '1', { status: 'open', total: 12 }));
    const { words, figures } = await world.verify({ only: ['first', 'spend'] });
    expect(words).to.deep.equal([
      'stale first pointer ["CUSTOMER#bob","FIRST"]',
      'stale spend what is counted for the order row ["CUSTOMER#bob","ORDER#1"]',
      'wrong spend count ["bob"]',
    ]);
    expect([...figures.derivations.keys()].toSorted()).to.deep.equal(['first', 'spend']);
  });

  it('given the name of no derivation, then says which there are', async () => {
    const world = await aWorld();
    const found: unknown = await world.verify({ only: ['serch'] }).catch((error: unknown) => error);
    expect(found)
      .to.be.instanceOf(Error)
      .with.property('message')
      .that.matches(/no derivation serch; there are search, tags/);
  });

  it('given a row that the definition refuses, then says so and expects nothing of it', async () => {
    const world = await aWorld();
    await world.changeBehind(orderRow('ada', '2', { status: 'sent', total: 50, bad: true }));
    const { words, refused } = await world.verify();
    expect(refused).to.deep.equal(['CUSTOMER#ada ORDER#2']);
    // Pointers may point to any row.
    expect(words).to.deep.equal(['stale first pointer ["CUSTOMER#ada","FIRST"]']);
  });

  it('given a row whose count can have no key, then says so and expects nothing of it', async () => {
    const world = await aWorld();
    await world.changeBehind(orderRow('ada', '2', { status: 'x'.repeat(3_000), total: 7 }));
    const { words, refused } = await world.verify();
    expect(refused).to.deep.equal(['CUSTOMER#ada ORDER#2']);
    expect(words).to.deep.equal(['stale latest pointer ["CUSTOMER#ada","LATEST"]']);
  });

  it('given changes that are handled while it waits, then they are no drift', async () => {
    const world = await aWorld();
    const late = [
      world.record(orderRow('ada', '1', { status: 'sent', total: 1 })),
      world.record(orderRow('bob', '1'), true),
      world.record(orderRow('dan', '1', { status: 'open', total: 2 })),
    ];
    await world.changed(late);
    meanwhile(world, async (time) => {
      if (time === 1) await world.handle(late);
    });
    const { words, undecided } = await world.verify({ settleMs: 1_000 });
    expect({ words, undecided }).to.deep.equal({ words: [], undecided: [] });
  });

  it('given rows that change at every look, then they are undecided, and no drift', async () => {
    const world = await aWorld();
    let last = world.record(orderRow('bob', '1', { status: 'open', total: 100 }));
    await world.changed([last]);
    meanwhile(world, async (time) => {
      await world.handle([last]);
      last = world.record(orderRow('bob', '1', { status: 'open', total: 100 + time }));
      await world.changed([last]);
    });
    const { words, undecided } = await world.verify({ settleMs: 1_000 });
    expect(words).to.deep.equal([]);
    expect(undecided).to.deep.equal([
      'what is derived from the order row ["CUSTOMER#bob","ORDER#1"]: it was changing all the time',
      'pointer ["CUSTOMER#bob","FIRST"]: it was changing all the time',
      'count ["bob"]: its count, or the rows in it, were changing all the time',
    ]);
  });

  it('given a search queue that is not empty, then a document that differs is undecided', async () => {
    const world = await aWorld();
    const record = world.record(orderRow('bob', '1', { status: 'sent', total: 11 }));
    await world.handleWithoutIndexing([record]);
    const waited = meanwhile(world, async () => undefined);
    const { words, undecided } = await world.verify({ settleMs: 1_000, looks: 4 });
    expect({ words, undecided }).to.deep.equal({
      words: [],
      undecided: [
        'what is derived from the order row ["CUSTOMER#bob","ORDER#1"]: the search queue was not seen empty, so its document may be under way',
      ],
    });
    expect(waited.times).to.equal(4);
  });

  it('given a sample of all rows, then finds what differs of them, and says how many rows do', async () => {
    const world = await aWorld();
    for (const { name, plant } of PLANTED) if (name.startsWith('a document')) await plant(world, '');
    const { words, figures } = await world.verify({ sample: 10 });
    // The row of one has none, and the document that no row can have is seen from no row.
    expect(words).to.deep.equal(['extra search document orders/cyd:1', 'stale search document orders/ada:1']);
    expect(figures.sample).to.deep.include({ size: 4, differing: 2 });
  });

  it('given a sample of some rows, then any of them may be in it', async () => {
    const world = await aWorld();
    await world.changeBehind(orderRow('bob', '1', { status: 'open', total: 12 }));
    const found = new Set<number>();
    while (found.size < 2) found.add((await world.verify({ sample: 2 })).figures.sample!.differing);
    expect([...found].toSorted()).to.deep.equal([0, 1]);
  });
});
