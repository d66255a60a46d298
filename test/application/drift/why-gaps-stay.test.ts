import { expect } from 'chai';
import { whyGapsStay } from '../../../src/application/drift/repair/why-gaps-stay.ts';

const CLEAN: Parameters<typeof whyGapsStay>[0] = {
  ...{ findings: 3, mended: 3, undecided: 0, refused: 0 },
  ...{ uncompared: new Map(), derivations: new Map(), sample: undefined },
};

describe('whyGapsStay', () => {
  it('given that all was looked at, and nothing differs any more, then they need not', () => {
    expect(whyGapsStay(CLEAN, [], false)).to.equal(undefined);
  });

  for (const [what, figures, why] of [
    ['drift that is left', { mended: 2 }, /^drift is left$/],
    ['items of which it could not be told', { undecided: 1 }, /could not be told/],
    ['rows that are refused', { refused: 1 }, /refuses some rows/],
    ['a sample', { sample: { size: 3, differing: 0, bound: 0.9 } }, /--sample/],
    [
      'what is not compared',
      { uncompared: new Map([['copies: rows of a change', 2]]) },
      /copies: rows of a change/,
    ],
  ] as const)
    it(`given ${what}, then they stay`, () => {
      expect(whyGapsStay({ ...CLEAN, ...figures }, [], false)).to.match(why);
    });

  it('given some derivations, or an early end, then they stay', () => {
    expect(whyGapsStay(CLEAN, ['copies'], false)).to.match(/--only/);
    expect(whyGapsStay(CLEAN, [], true)).to.match(/stopped/);
  });
});
