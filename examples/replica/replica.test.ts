import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Mistake, type Step, World } from './world.js';

const KINDS: readonly Step['what'][] = [
  ...(['put', 'put', 'put', 'remove', 'roll', 'split', 'trim', 'kill', 'lose what is saved'] as const),
];

const steps = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: 400 }),
    what: fc.constantFrom(...KINDS),
    which: fc.nat(9),
  }),
  { minLength: 10, maxLength: 50, size: 'max' },
);

/** What there is in the end. */
async function ended(happening: readonly Step[], mistake?: Mistake) {
  const world = new World(mistake);
  await world.run(happening);
  const { table, copy } = world;
  await world.end();
  return { table, copy };
}

test('whatever is written while shards roll and processes are killed, the copy comes to equal the table', async () => {
  const equals = fc.asyncProperty(steps, async (happening) => {
    const { table, copy } = await ended(happening);
    assert.deepEqual(copy, table);
  });
  await fc.assert(equals, { numRuns: 20 });
});

const put = (which: number, after = 0): Step => ({ what: 'put', which, after });
const kill = (after: number): Step => ({ what: 'kill', which: 0, after });
const lose: Step = { what: 'lose what is saved', which: 0, after: 0 };

const WRONG: Readonly<Record<Mistake, (after: number) => readonly Step[]>> = {
  'scan before the bookmark': (after) => [lose, kill(3_000), put(0, after)],
  'a scan that is not consistent': (after) => [lose, put(0, 3_000), kill(after)],
  'a scan of one page': (after) => [kill(after)],
  'state saved before the rows': (after) => [...[put(0, 3_000), put(1), put(2, 3_000), put(3), kill(after)]],
};

for (const [mistake, happening] of Object.entries(WRONG))
  test(`with ${mistake}, it does not, and without it does`, async () => {
    const wrong: number[] = [];
    for (let after = 0; after <= 1_500; after += 75) {
      const { table, copy } = await ended(happening(after), mistake as Mistake);
      if (JSON.stringify(copy) === JSON.stringify(table)) continue;
      wrong.push(after);
      break;
    }
    assert.equal(wrong.length, 1);
    const { table, copy } = await ended(happening(wrong[0] ?? 0));
    assert.deepEqual(copy, table);
  });
