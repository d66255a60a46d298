import { expect } from 'chai';
import { range } from '../../../../support/range.ts';
import { type Batch, HotWorld, type Model } from './hot-world.ts';

const LINKS = 104;

type Changes = readonly (readonly [serial: number, to: Model])[];

const all = (to: (n: number) => Model): Changes => range(LINKS).map((n) => [n, to(n)]);
const COMING = all(() => 'hot');

/* A worker that ends at any request of a batch whose count more links hold than a transaction; another one gets the batch then. */
describe('a worker that ends while it moves a hot count', () => {
  for (const [what, before, changes] of [
    ['links come', [], COMING],
    ['links come again that were removed', [COMING, all(() => 'gone')], COMING],
    ['links leave for a few others, and none stays', [COMING], all((n) => `few ${n % 3}`)],
  ] as const satisfies readonly (readonly [string, readonly Changes[], Changes])[])
    it(`given that ${what}, when another worker has the batch, then counts are exact`, async () => {
      const world = new HotWorld();
      for (const earlier of before) await handled(world, world.batch(earlier));
      const batch = world.batch(changes);
      const { tables } = world.table;
      const run = async (request: number, isDone: boolean) => {
        world.table.tables = tables.clone();
        const first = await world.table.until(world.handle(batch, { request, isDone }));
        await handled(world, batch);
        await world.expectExact();
        return first === undefined;
      };
      let cuts = 0;
      for (const isDone of [false, true]) for (let request = 1; await run(request, isDone); request++) cuts++;
      expect(cuts, 'places where it ended').to.be.above(5);
      world.table.close();
    });

  it('given that it stands still at a request, when another worker has the batch meanwhile, then it counts nothing twice', async () => {
    for (const request of [1, 2, 3, 4]) {
      const world = new HotWorld();
      const batch = world.batch(COMING);
      const meanwhile = () => handled(world, batch);
      const done = await world.handle(batch, { request, isDone: false, meanwhile });
      expect(done?.failed).to.equal(0);
      await world.expectExact();
      world.table.close();
    }
  });

  it('given that it ended before its record, when the links change again, then they move from what was counted', async () => {
    const world = new HotWorld();
    // States in two or three transactions; the record comes with the next.
    for (const request of [1, 2, 3, 4]) {
      await world.table.until(
        world.handle(world.batch(all(() => `hot ${request}`)), { request, isDone: false }),
      );
      await handled(world, world.batch(all(() => `next ${request}`)));
      await world.expectExact();
    }
    world.table.close();
  });

  it('given that it has committed, then states name the commit until they are written next', async () => {
    const world = new HotWorld();
    await handled(world, world.batch(COMING));
    expect(world.named).to.equal(LINKS);
    await world.expectExact();
    await handled(world, world.batch(COMING.slice(0, 5).map(([n]) => [n, 'cold'])));
    expect(world.named).to.equal(LINKS - 5);
    await handled(world, world.batch(all(() => 'gone')));
    expect(world.named, 'no tombstone may name one').to.equal(0);
    await world.expectExact();
    world.table.close();
  });
});

async function handled(world: HotWorld, batch: Batch): Promise<void> {
  const done = await world.table.until(world.handle(batch));
  expect(done?.failed).to.equal(0);
}
