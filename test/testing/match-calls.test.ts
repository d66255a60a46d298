import { expect } from 'chai';
import fc from 'fast-check';
import { canBeInOrder, paired } from '../../src/testing/match-calls.ts';

/** For each of up to six expected, which of up to six places fit it. */
const fitting = fc.array(
  fc.uniqueArray(fc.nat({ max: 5 })).map((places) => places.toSorted()),
  { maxLength: 6 },
);

/** All ways to give each of the expected a place of its own, or none. */
function* ways(
  all: readonly (readonly number[])[],
  taken: readonly number[] = [],
): Generator<readonly number[]> {
  const places = all[taken.length];
  if (places === undefined) yield taken;
  else
    for (const place of [...places, -1])
      if (place < 0 || !taken.includes(place)) yield* ways(all, [...taken, place]);
}

describe('what is expected, paired with what is there', () => {
  it('given any, then as many are paired as can be, each with one that fits', () => {
    fc.assert(
      fc.property(fitting, (all) => {
        const places = paired(all);
        const found = places.filter((place) => place !== undefined);
        expect(new Set(found).size).to.equal(found.length);
        for (const [one, place] of places.entries())
          if (place !== undefined) expect(all[one]).to.include(place);
        const most = Math.max(...[...ways(all)].map((way) => way.filter((place) => place >= 0).length));
        expect(found.length).to.equal(most);
      }),
      { numRuns: 300 },
    );
  });

  it('given groups whose order counts, then it is found whether all can be paired in it', () => {
    const groups = fc.array(fc.constantFrom('a', 'b', undefined), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(fitting, groups, (all, names) => {
        const isInOrder = (way: readonly number[]) =>
          way.every(
            (place, one) =>
              place >= 0 &&
              way
                .slice(0, one)
                .every(
                  (before, other) =>
                    names[other] !== names[one] || names[one] === undefined || before < place,
                ),
          );
        expect(canBeInOrder(all, names)).to.equal([...ways(all)].some(isInOrder));
      }),
      { numRuns: 300 },
    );
  });

  it('given many that all fit alike, but for one that fits nothing, then it ends soon', () => {
    const many = Array.from({ length: 60 }, () => Array.from({ length: 60 }, (_, place) => place));
    expect(
      canBeInOrder(
        [...many.slice(1), []],
        many.map(() => undefined),
      ),
    ).to.be.a('boolean');
    expect(paired([...many, [0]]).filter((place) => place === undefined)).to.have.lengthOf(1);
  });
});
