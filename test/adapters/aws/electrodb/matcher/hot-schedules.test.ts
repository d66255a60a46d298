import { expect } from 'chai';
import { Random } from '../../../../../src/random/random.ts';
import { range } from '../../../../support/range.ts';
import { HotWorld, type Model } from './hot-world.ts';
import type { Cut } from './stepped-table.ts';

/** More with `HOT_SCHEDULES=1-1000`. */
const [FROM = 1, TO = 5] = (process.env['HOT_SCHEDULES'] ?? '').split('-').filter(Boolean).map(Number);

const MODELS: readonly Model[] = ['hot', 'hot', 'hot', 'other', 'gone', undefined];

/* Workers that have the same batches, or later ones, at the same time, their requests in any order; some end half-way. */
describe('workers that meet at a hot count', () => {
  for (const seed of range(TO - FROM + 1).map((n) => FROM + n))
    it(`given schedule ${seed}, when all batches have come through, then counts are exact`, async () => {
      const random = Random.of(seed);
      const choices = random.fork();
      const world = new HotWorld((from) => choices.int(0, from - 1));
      const links = random.int(101, 115);
      const batches = [world.batch(range(links).map((n) => [n, 'hot']))];
      const there = new Set(range(links));
      for (let more = random.int(1, 2); more > 0; more--) {
        const target = random.pick(['hot', 'cold', 'other']);
        const changes = range(links).flatMap((n): (readonly [number, Model])[] => {
          if (random.chance(0.03)) return [];
          const to = random.chance(0.95) ? target : random.pick(MODELS);
          if (to === 'gone' && !there.delete(n)) return [];
          if (to !== 'gone') there.add(n);
          return [[n, to]];
        });
        batches.push(world.batch(changes));
      }
      const cutOf = (): Cut | undefined =>
        random.chance(0.4) ? { request: random.int(1, 8), isDone: random.chance(0.5) } : undefined;
      const early = range(random.int(2, 4)).map(() => world.handle(random.pick(batches), cutOf()));
      await world.table.until(Promise.all(early));
      for (const batch of batches) {
        const done = await world.table.until(world.handle(batch));
        expect(done?.failed).to.equal(0);
      }
      await world.expectExact();
      world.table.close();
    });
});
