import { expect } from 'chai';
import { compareTexts } from '../../src/domain/compare-texts.ts';

describe('compareTexts', () => {
  it('given texts, when sorted, then they are in the order of their code units', () => {
    expect(['ä', 'b', '10', 'B', '9', ''].sort(compareTexts)).to.deep.equal(['', '10', '9', 'B', 'b', 'ä']);
  });

  it('given equal texts, then neither goes first', () => {
    expect(compareTexts('a', 'a')).to.equal(0);
  });
});
