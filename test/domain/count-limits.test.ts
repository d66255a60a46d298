import { expect } from 'chai';
import fc from 'fast-check';
import { contributionFault } from '../../src/domain/count-limits.ts';
import { countKey, heldBy, type Tuple } from '../../src/domain/count.ts';
import { attributes, contribution, link, row, TUPLE_COUNTS } from '../support/factories.ts';

/** Texts that the sort key is joined of, whole and in pieces, among others. */
const text = fc
  .array(fc.constantFrom('#TYPE#', '#TYPE', 'TYPE#', '#', 'TYPE', 'E#', 'A', 'B', '🛩', '\ud83d', '\udee9'), {
    minLength: 1,
    maxLength: 5,
  })
  .map((pieces) => pieces.join(''));
const tuple: fc.Arbitrary<Tuple> = fc.record({ manufacturer: text, model: text, type_designator: text });

/** The row's key, as the table stores it. */
function keyOf(one: Tuple): string {
  const { partition, sort = '' } = countKey(TUPLE_COUNTS, one);
  return JSON.stringify([partition.toWellFormed(), sort.toWellFormed()]);
}

const faultOf = (one: Tuple) => contributionFault(link(), contribution(one));
const isRefused = (one: Tuple) => faultOf(one) !== undefined;
const of = (model: string, type_designator: string, manufacturer = 'M') => ({
  manufacturer,
  model,
  type_designator,
});

describe('contributionFault', () => {
  for (const [what, ...tuples] of [
    ['a separator in the model or in the type designator', of('A#TYPE#B', 'C'), of('A', 'B#TYPE#C')],
    ['a separator that begins in a part and ends between', of('A#TYPE', 'B'), of('A', 'TYPE#B')],
    ['a separator within others', of('A', '#TYPE#B'), of('A#TYPE#', 'B')],
    ['several readings', of('A#TYPE#B#TYPE#C', 'D'), of('A#TYPE#B', 'C#TYPE#D'), of('A', 'B#TYPE#C#TYPE#D')],
    ['halves of characters', of('A', '\ud83d'), of('A', '\ud83e')],
    ['halves of characters in the partition key', of('A', 'B', 'M\ud83d'), of('A', 'B', 'M\udee9')],
  ] as const)
    it(`refuses for good tuples that share a key by ${what}`, () => {
      expect(new Set(tuples.map(keyOf)).size).to.equal(1);
      for (const one of tuples) {
        const fault = faultOf(one);
        expect(fault).to.have.property('kind', 'permanent');
        expect(fault?.message).to.match(/^the derivation .* counts the link row \["/);
        expect(fault?.message).to.include(JSON.stringify([one.manufacturer, one.model, one.type_designator]));
      }
    });

  for (const one of [
    of('172S', 'C172'),
    of('#TYPE#', 'B'),
    of('#TYPE#A', 'B'),
    of('A', 'B#TYPE#'),
    of('A', '#TYPE#'),
    of('A#TYP', '#B'),
    of('A#TYP', 'E#TYPE'),
    of('A', 'B', 'M#TYPE#X'),
    of('🛩', '🛩', '🛩'),
  ])
    it(`takes ${one.manufacturer}, ${one.model} and ${one.type_designator}: only they have this key`, () => {
      expect(faultOf(one)).to.equal(undefined);
    });

  it('given any two tuples, when they share a key, then they are one or both are refused', () => {
    fc.assert(
      fc.property(tuple, tuple, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        if (keyOf(one) === keyOf(other)) expect([one, other].map(isRefused)).to.deep.equal([true, true]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('given any key, when it can be read as several tuples, then all are refused, and otherwise none', () => {
    fc.assert(
      fc.property(tuple, (one) => {
        fc.pre(Object.values(one).every((part: string) => part.isWellFormed()));
        const [, key] = JSON.parse(keyOf(one)) as [string, string];
        const sortKey = key.slice('MODEL#'.length);
        const readings = Array.from({ length: sortKey.length }, (_, at) => at)
          .filter((at) => sortKey.startsWith('#TYPE#', at))
          .map((at) => of(sortKey.slice(0, at), sortKey.slice(at + '#TYPE#'.length), one['manufacturer']))
          .filter(isTuple);
        expect(readings.map(keyOf)).to.deep.equal(readings.map(() => keyOf(one)));
        expect(readings.map(isRefused)).to.deep.equal(readings.map(() => readings.length > 1));
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Whether a link row could hold it. */
function isTuple(one: Tuple): boolean {
  return heldBy(TUPLE_COUNTS, row.link(), attributes(one)).length > 0;
}
