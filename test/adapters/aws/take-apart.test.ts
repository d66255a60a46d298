import { expect } from 'chai';
import fc from 'fast-check';
import { Refusal } from '../../../src/adapters/aws/refusal.ts';
import { takeApart } from '../../../src/adapters/aws/take-apart.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { range } from '../../contracts/contract.ts';

type Result = 'taken' | 'conflict' | Fault;

function refusal(refusedFor: 'item' | 'setting' = 'item'): Refusal {
  return new Refusal('refused', { refusedFor, advice: 'check it', reason: 'refused by the service' });
}

/** A service that refuses a request when one of its items is bad; remembers what it was asked. */
class Service {
  readonly requests: (readonly number[])[] = [];
  readonly #isBad: (item: number) => boolean;
  readonly #refusedFor: 'item' | 'setting';

  constructor(isBad: (item: number) => boolean, refusedFor: 'item' | 'setting' = 'item') {
    this.#isBad = isBad;
    this.#refusedFor = refusedFor;
  }

  readonly send = async (group: readonly number[]): Promise<readonly Result[]> => {
    this.requests.push(group);
    await new Promise((done) => setImmediate(done));
    const together = refusal(this.#refusedFor);
    return group.map(() => (group.some(this.#isBad) ? together : 'taken'));
  };
}

const groupsOf = (count: number, size: number) =>
  range(Math.ceil(count / size)).map((nth) => range(count).slice(nth * size, (nth + 1) * size));
const wordsOf = (results: ReadonlyMap<number, Result>, count: number) =>
  range(count).map((item) => {
    const result = results.get(item);
    return result instanceof Fault ? result.kind : result;
  });

describe('takeApart', () => {
  it('given nothing that is refused, then each group is asked for once', async () => {
    const service = new Service(() => false);
    const results = await takeApart(groupsOf(100, 10), 3, service.send);
    expect(wordsOf(results, 100)).to.deep.equal(range(100).map(() => 'taken'));
    expect(service.requests).to.have.length(10);
  });

  it('given one bad item among a hundred, then that one is poison, the others are taken, in few requests', async () => {
    const service = new Service((item) => item === 37);
    const results = await takeApart(groupsOf(100, 100), 1, service.send);
    expect(wordsOf(results, 100)).to.deep.equal(
      range(100).map((item) => (item === 37 ? 'permanent' : 'taken')),
    );
    expect(results.get(37)).to.include({ message: 'refused', reason: 'refused by the service' });
    expect(service.requests.length).to.be.at.most(2 * 7 + 1);
  });

  it('given bad items in every group, then each alone is poison', async () => {
    const service = new Service((item) => item % 10 === 3);
    const results = await takeApart(groupsOf(100, 10), 4, service.send);
    expect(wordsOf(results, 100)).to.deep.equal(
      range(100).map((item) => (item % 10 === 3 ? 'permanent' : 'taken')),
    );
  });

  for (const [count, size] of [
    [1, 1],
    [20, 10],
    [100, 100],
    [1_000, 10],
  ] as const)
    it(`given ${count} items of which none is taken, then all are of the configuration, after few requests`, async () => {
      const service = new Service(() => true);
      const groups = groupsOf(count, size);
      const results = await takeApart(groups, 1, service.send);
      expect(wordsOf(results, count)).to.deep.equal(range(count).map(() => 'configuration'));
      expect((results.get(0) as Fault).message).to.equal('refused; check it');
      // One for each group, a way down to single items, and the few single ones.
      expect(service.requests.length).to.be.at.most(groups.length + 2 * Math.ceil(Math.log2(size)) + 6);
    });

  it('given an item that is refused for a setting, then it is of the configuration, whatever else is taken', async () => {
    const service = new Service((item) => item === 4, 'setting');
    const results = await takeApart(groupsOf(10, 10), 1, service.send);
    expect(wordsOf(results, 10)).to.deep.equal(
      range(10).map((item) => (item === 4 ? 'configuration' : 'taken')),
    );
  });

  it('given refusals of single items in an answer, then they are not asked for again', async () => {
    let requests = 0;
    const results = await takeApart<number, 'taken'>([range(5)], 1, async (group) => {
      requests++;
      return group.map((item) => (item < 2 ? refusal() : 'taken'));
    });
    expect(wordsOf(results, 5)).to.deep.equal(['permanent', 'permanent', 'taken', 'taken', 'taken']);
    expect(requests).to.equal(1);
  });

  it('given conflicts and other faults beside a refusal, then they prove nothing, and stay what they are', async () => {
    const results = await takeApart<number, 'taken' | 'conflict'>([range(3)], 1, async () => [
      refusal(),
      'conflict',
      new Fault('transient', 'throttled'),
    ]);
    expect(wordsOf(results, 3)).to.deep.equal(['configuration', 'conflict', 'transient']);
  });

  it('given a result that is missing, then it is a transient fault', async () => {
    expect(wordsOf(await takeApart<number, 'taken'>([[0]], 1, async () => []), 1)).to.deep.equal([
      'transient',
    ]);
  });

  it('given any bad items, then no good one is poison, and all are poison or taken unless five bad ones came first', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 4 }),
        async (bad, size, concurrency) => {
          const service = new Service((item) => bad[item] === true);
          const results = await takeApart(groupsOf(bad.length, size), concurrency, service.send);
          const words = wordsOf(results, bad.length);
          const anyTaken = words.includes('taken');
          for (const [item, isBad] of bad.entries()) {
            expect(words[item]).not.to.equal(undefined);
            if (isBad)
              expect(words[item]).to.be.oneOf(anyTaken ? ['permanent', 'configuration'] : ['configuration']);
            else expect(words[item]).to.be.oneOf(['taken', 'configuration']);
          }
          if (bad.filter(Boolean).length < 5 && anyTaken)
            expect(words).to.deep.equal(bad.map((isBad) => (isBad ? 'permanent' : 'taken')));
        },
      ),
    ));
});
