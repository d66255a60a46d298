import { expect } from 'chai';
import fc from 'fast-check';
import { compareTexts, compareUtf8 } from '../../src/domain/compare-texts.ts';

describe('compareTexts', () => {
  it('given texts, when sorted, then they are in the order of their code units', () => {
    expect(['ä', 'b', '10', 'B', '9', ''].sort(compareTexts)).to.deep.equal(['', '10', '9', 'B', 'b', 'ä']);
  });

  it('given equal texts, then neither goes first', () => {
    expect(compareTexts('a', 'a')).to.equal(0);
  });
});

describe('compareUtf8', () => {
  it('given any texts, then their order is that of their UTF-8 bytes', () => {
    // Few letters, so that texts share beginnings: of one, two, three and four bytes, and the last before surrogates.
    const unit = fc.constantFrom('a', 'b', 'ä', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{1f600}');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 4 }), fc.string({ unit, maxLength: 4 }), (a, b) => {
        const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareUtf8(a, b))).to.equal(expected);
      }),
    );
  });
});
