import { expect } from 'chai';
import fc from 'fast-check';
import { Refusal, type Refused } from '../../../src/adapters/aws/refusal.ts';
import { splitRefused } from '../../../src/adapters/aws/split-refused.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { range } from '../../support/range.ts';

type Result = 'taken' | 'conflict' | Fault;

const refusal = (refused: Refused): Refusal =>
  new Refusal(refused, 'refused', { reason: 'refused by the service' });

/** A service that refuses a request when one of its items is bad; remembers what it was asked. */
class Service {
  readonly requests: (readonly number[])[] = [];
  readonly #isBad: (item: number) => boolean;
  readonly #refused: Refused;

  constructor(isBad: (item: number) => boolean, refused: Refused = 'content') {
    this.#isBad = isBad;
    this.#refused = refused;
  }

  readonly send = async (group: readonly number[]): Promise<readonly Result[]> => {
    this.requests.push(group);
    await new Promise((done) => setImmediate(done));
    const together = refusal(this.#refused);
    return group.map(() => (group.some(this.#isBad) ? together : 'taken'));
  };
}

const groupsOf = (count: number, size: number) =>
  range(Math.ceil(count / size)).map((nth) => range(count).slice(nth * size, (nth + 1) * size));
const wordsOf = (results: ReadonlyMap<number, Result>, count: number) =>
  range(count).map((item) => {
    const result = results.get(item);
    return Fault.is(result) ? result.kind : result;
  });

describe('splitRefused', () => {
  it('given nothing that is refused, then each group is asked for once', async () => {
    const service = new Service(() => false);
    const results = await splitRefused([groupsOf(100, 10)], 3, service.send);
    expect(wordsOf(results, 100)).to.deep.equal(range(100).map(() => 'taken'));
    expect(service.requests).to.have.length(10);
  });

  it('given one bad item among a hundred, then that one is poison, the others are taken, in few requests', async () => {
    const service = new Service((item) => item === 37);
    const results = await splitRefused([groupsOf(100, 100)], 1, service.send);
    expect(wordsOf(results, 100)).to.deep.equal(
      range(100).map((item) => (item === 37 ? 'permanent' : 'taken')),
    );
    expect(results.get(37)).to.include({ message: 'refused', reason: 'refused by the service' });
    expect(service.requests.length).to.be.at.most(2 * 7 + 1);
  });

  it('given bad items in every group, then each alone is poison', async () => {
    const service = new Service((item) => item % 10 === 3);
    const results = await splitRefused([groupsOf(100, 10)], 4, service.send);
    expect(wordsOf(results, 100)).to.deep.equal(
      range(100).map((item) => (item % 10 === 3 ? 'permanent' : 'taken')),
    );
  });

  for (const count of [1, 7, 100])
    it(`given ${count} items of which all are bad, then all are poison: it takes no other to see it`, async () => {
      const service = new Service(() => true);
      const results = await splitRefused([groupsOf(count, 10)], 1, service.send);
      expect(wordsOf(results, count)).to.deep.equal(range(count).map(() => 'permanent'));
    });

  for (const refused of ['anything', 'size'] as const)
    for (const [count, size] of [
      [1, 1],
      [20, 10],
      [100, 100],
      [1_000, 10],
    ] as const)
      it(`given ${count} items refused for ${refused}, then all are of the configuration, after few requests`, async () => {
        const service = new Service(() => true, refused);
        const groups = groupsOf(count, size);
        const results = await splitRefused([groups], 1, service.send);
        expect(wordsOf(results, count)).to.deep.equal(range(count).map(() => 'configuration'));
        // One for each group, a way down to single items, and the few single ones.
        expect(service.requests.length).to.be.at.most(groups.length + 2 * Math.ceil(Math.log2(size)) + 6);
      });

  it('given an item refused for anything else, then it is of the configuration, whatever else is taken', async () => {
    const service = new Service((item) => item === 4, 'anything');
    const results = await splitRefused([groupsOf(10, 10)], 1, service.send);
    expect(wordsOf(results, 10)).to.deep.equal(
      range(10).map((item) => (item === 4 ? 'configuration' : 'taken')),
    );
  });

  it('given a resource that takes nothing any more, then what it refuses is of the configuration', async () => {
    const service = new Service((item) => item >= 60, 'anything');
    const results = await splitRefused([groupsOf(100, 10)], 1, service.send);
    expect(wordsOf(results, 100)).to.deep.equal(range(100).map((n) => (n < 60 ? 'taken' : 'configuration')));
  });

  it('given refusals of single items in an answer, then they are not asked for again', async () => {
    let requests = 0;
    const results = await splitRefused<number, 'taken'>([[range(5)]], 1, async (group) => {
      requests++;
      return group.map((item) => (item < 2 ? refusal(item === 0 ? 'content' : 'anything') : 'taken'));
    });
    expect(wordsOf(results, 5)).to.deep.equal(['permanent', 'configuration', 'taken', 'taken', 'taken']);
    expect(requests).to.equal(1);
  });

  it('given conflicts and other faults beside refusals, then they stay what they are', async () => {
    const results = await splitRefused<number, 'taken' | 'conflict'>([[range(4)]], 1, async () => [
      refusal('content'),
      'conflict',
      new Fault('transient', 'throttled'),
      refusal('anything'),
    ]);
    expect(wordsOf(results, 4)).to.deep.equal(['permanent', 'conflict', 'transient', 'configuration']);
  });

  it('given a result that is missing, then it is a transient fault', async () => {
    expect(wordsOf(await splitRefused<number, 'taken'>([[[0]]], 1, async () => []), 1)).to.deep.equal([
      'transient',
    ]);
  });

  it('given any bad items, then exactly those are poison, and all others are taken', () =>
    fc.assert(
      fc.asyncProperty(...BAD_ITEMS, async (bad, size, concurrency) => {
        const service = new Service((item) => bad[item] === true);
        const results = await splitRefused([groupsOf(bad.length, size)], concurrency, service.send);
        expect(wordsOf(results, bad.length)).to.deep.equal(
          bad.map((isBad) => (isBad ? 'permanent' : 'taken')),
        );
      }),
    ));

  it('given any items refused for anything else, then all others are taken unless five came first', () =>
    fc.assert(
      fc.asyncProperty(...BAD_ITEMS, async (bad, size, concurrency) => {
        const service = new Service((item) => bad[item] === true, 'anything');
        const results = await splitRefused([groupsOf(bad.length, size)], concurrency, service.send);
        const words = wordsOf(results, bad.length);
        if (bad.filter(Boolean).length < 5)
          expect(words).to.deep.equal(bad.map((isBad) => (isBad ? 'configuration' : 'taken')));
        for (const [item, isBad] of bad.entries())
          expect(words[item]).to.be.oneOf(isBad ? ['configuration'] : ['taken', 'configuration']);
      }),
    ));
});

const BAD_ITEMS = [
  fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
  fc.integer({ min: 1, max: 30 }),
  fc.integer({ min: 1, max: 4 }),
] as const;
