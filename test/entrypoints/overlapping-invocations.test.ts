import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { duringInvocation, invocationFields } from '../../src/entrypoints/invocation.ts';

/** Works in steps, which are taken when told, and says whose fields each step saw. */
class Invocation {
  readonly seen: (string | undefined)[] = [];
  readonly ended: Promise<unknown>;
  #next: (() => void) | undefined;

  constructor(id: string, steps: number, end: () => void = () => undefined) {
    this.ended = duringInvocation({ awsRequestId: id }, async () => {
      for (let step = 0; step < steps; step++) {
        this.#see();
        await new Promise<void>((next) => (this.#next = next));
        // What follows a promise, a timer and a turn of the event loop is of the invocation as well.
        await Promise.all([this.#later(), Promise.resolve().then(() => this.#see())]);
      }
      this.#see();
      end();
    }).catch((error: unknown) => error);
  }

  async step(): Promise<void> {
    this.#next?.();
    await pause(0);
    await pause(0);
  }

  async #later(): Promise<void> {
    await new Promise(setImmediate);
    this.#see();
  }

  #see(): void {
    this.seen.push(invocationFields()['requestId']);
  }
}

const nobody = () => expect(invocationFields(), 'outside of any').to.deep.equal({});

function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    ordersOf(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

describe('invocations that share a process', () => {
  afterEach(nobody);

  for (const order of ordersOf([0, 1, 2]))
    it(`given three that overlap, when they end in the order ${order.join(', ')}, then each has its own fields`, async () => {
      const all = ['a', 'b', 'c'].map((id) => new Invocation(id, 1));
      for (const index of order) {
        await all[index]!.step();
        await all[index]!.ended;
      }
      expect(all.map(({ seen }) => new Set(seen))).to.deep.equal([new Set('a'), new Set('b'), new Set('c')]);
    });

  it('given one that begins when the first is gone, but the second is not, then each has its own fields', async () => {
    const first = new Invocation('first', 1);
    const second = new Invocation('second', 2);
    await second.step();
    await first.step();
    await first.ended;
    nobody();
    const third = new Invocation('third', 2);
    await third.step();
    await second.step();
    await second.ended;
    await third.step();
    await third.ended;
    expect(new Set(first.seen)).to.deep.equal(new Set(['first']));
    expect(new Set(second.seen)).to.deep.equal(new Set(['second']));
    expect(new Set(third.seen)).to.deep.equal(new Set(['third']));
  });

  it('given any number of them, when they go on and end in any order, then each has its own fields, and nothing is left', async () => {
    const schedule = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 20 });
    const ends = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(schedule, ends, async (order, throws) => {
        const begun = new Map<number, Invocation>();
        for (const index of order) {
          const known = begun.get(index);
          if (known === undefined)
            begun.set(
              index,
              new Invocation(`request ${index}`, 2, () => {
                if (throws[index]) throw new Error('failed');
              }),
            );
          else await known.step();
        }
        for (const invocation of begun.values()) {
          await invocation.step();
          await invocation.step();
          await invocation.ended;
        }
        for (const [index, { seen }] of begun)
          expect(new Set(seen)).to.deep.equal(new Set([`request ${index}`]));
        nobody();
      }),
      { numRuns: 30 },
    );
  });

  const failures: readonly (readonly [what: string, work: () => Promise<never>])[] = [
    ['rejects', () => Promise.reject(new Error('failed'))],
    [
      'throws before it returns a promise',
      () => {
        throw new Error('failed');
      },
    ],
  ];
  for (const [what, work] of failures)
    it(`given work that ${what}, alone and beside another, then that is passed on and nothing is left`, async () => {
      const failing = () => duringInvocation({ awsRequestId: 'failing' }, work).catch(String);
      expect(await failing()).to.equal('Error: failed');
      nobody();
      const other = new Invocation('other', 1);
      expect(await failing()).to.equal('Error: failed');
      await other.step();
      await other.ended;
      expect(new Set(other.seen)).to.deep.equal(new Set(['other']));
    });
});
