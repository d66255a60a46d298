import { expect } from 'chai';
import fc from 'fast-check';
import { Frontier, type PassingRecord } from '../../src/domain/frontier.ts';
import { compareSequences } from '../../src/domain/version.ts';

function read(frontier: Frontier, ...sequences: readonly string[]): PassingRecord[] {
  return sequences.map((sequence) => frontier.read(sequence)!);
}

describe('Frontier', () => {
  it('given records that are done in any order, then it stands before the first that is not', () => {
    const frontier = new Frontier(undefined);
    const [nine, ten, eleven] = read(frontier, '9', '10', '11');
    frontier.done(ten!);
    expect([frontier.at, frontier.next?.sequence, frontier.ahead]).to.deep.equal([undefined, '9', 3]);
    frontier.done(nine!);
    expect([frontier.at, frontier.next?.sequence, frontier.ahead]).to.deep.equal(['10', '11', 1]);
    frontier.done(eleven!);
    expect([frontier.at, frontier.next, frontier.ahead]).to.deep.equal(['11', undefined, 0]);
  });

  it('given records that were read before, or stand before where it began, then they do not count', () => {
    const frontier = new Frontier('99');
    expect(frontier.read('99')).to.equal(undefined);
    expect(frontier.read('0098')).to.equal(undefined);
    const [hundred] = read(frontier, '100');
    expect(frontier.read('100')).to.equal(undefined);
    expect([frontier.at, frontier.lastRead]).to.deep.equal(['99', '100']);
    frontier.done(hundred!);
    expect(frontier.at).to.equal('100');
  });

  it('given any records done in any order, then it never moves back, and passes none that is not done', () => {
    const cases = fc
      .uniqueArray(fc.bigInt(1n, 10n ** 25n), { minLength: 1, maxLength: 40 })
      .chain((numbers) => {
        const sequences = numbers.toSorted((a, b) => (a < b ? -1 : 1)).map(String);
        return fc.tuple(fc.constant(sequences), fc.shuffledSubarray(sequences), fc.nat(sequences.length));
      });
    fc.assert(
      fc.property(cases, ([sequences, done, late]) => {
        const frontier = new Frontier(undefined);
        const records = new Map(sequences.slice(late).map((each) => [each, frontier.read(each)!]));
        const isDone = new Set<string>();
        for (const each of done.filter((one) => records.has(one))) {
          const before = frontier.at;
          frontier.done(records.get(each)!);
          isDone.add(each);
          const passed = [...records.keys()].filter((one) => compareSequences(one, frontier.at ?? '0') <= 0);
          expect(passed.every((one) => isDone.has(one))).to.equal(true);
          expect(compareSequences(frontier.at ?? '0', before ?? '0')).to.be.at.least(0);
          expect(frontier.ahead).to.equal(records.size - passed.length);
          expect(frontier.next?.sequence).to.equal([...records.keys()].find((one) => !isDone.has(one)));
        }
      }),
    );
  });
});
