import { expect } from 'chai';
import { Random } from '../../src/random/random.ts';

const draw = (random: Random) => random.hex(8);

describe('seeded chance', () => {
  it('forks into sources that are independent of each other', () => {
    const root = Random.of(1);
    const [first, second] = [root.fork(), root.fork()];
    const lone = Random.of(1).fork();
    expect(draw(first)).to.equal(draw(lone));
    expect(new Set([draw(first), draw(second), draw(root)]).size).to.equal(3);
  });

  it('chooses by weight', () => {
    const random = Random.of(2);
    const drawn = { often: 0, seldom: 0, never: 0 };
    for (let i = 0; i < 4000; i++) {
      const choice = random.weighted([
        [3, 'often'],
        [0, 'never'],
        [1, 'seldom'],
      ] as const);
      drawn[choice] += 1;
    }
    expect(drawn.never).to.equal(0);
    expect(drawn.often / drawn.seldom).to.be.closeTo(3, 0.5);
  });
});
