import { expect } from 'chai';
import { nextGeneration } from '../../src/domain/next-generation.ts';
import { faultOf } from '../support/factories.ts';

const newest = { tableArn: 'arn:aws:dynamodb:eu-west-1:1:table/orders', generation: 3 };

describe('nextGeneration', () => {
  it('given no wish, then it is the one after the newest, and 1 where none is known', () => {
    expect(nextGeneration(newest, undefined)).to.equal(4);
    expect(nextGeneration(undefined, undefined)).to.equal(1);
  });

  it('given a wish above the newest, then that is it', () => {
    expect(nextGeneration(newest, 4)).to.equal(4);
    expect(nextGeneration(newest, 20)).to.equal(20);
    expect(nextGeneration(undefined, 7)).to.equal(7);
  });

  for (const wanted of [3, 2, 0, -1, 4.5, NaN, Infinity, 2 ** 53])
    it(`given a wish for ${wanted}, then it is refused, and the newest table is named`, () => {
      expect(faultOf(() => nextGeneration(newest, wanted))).to.include({
        kind: 'configuration',
        message:
          `generation ${wanted} is not an integer above 3, the generation of ${newest.tableArn}, ` +
          'so newer changes could not be told from older ones',
      });
    });

  it('given a wish for 0 where no table is known, then it is refused, for what was derived before has it', () => {
    expect(faultOf(() => nextGeneration(undefined, 0)).message).to.match(
      /^generation 0 is not an integer above 0, the generation of everything derived before a table was noted, /,
    );
  });
});
