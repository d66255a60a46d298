import { expect } from 'chai';
import { shortened } from '../../src/simulation/runs/shortened.ts';

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`);

describe('what happened in a world, in short', () => {
  it('given what a person can read, then it is all of it', () => {
    expect(shortened(lines(201))).to.deep.equal(lines(201));
  });

  it('given tens of thousands of lines, then it is their beginning and their end', () => {
    const short = shortened(lines(30_000));
    expect(short).to.have.length(201);
    expect([short[149], short[150], short[151], short.at(-1)]).to.deep.equal([
      'line 149',
      '… 29800 lines are left out …',
      'line 29950',
      'line 29999',
    ]);
  });
});
