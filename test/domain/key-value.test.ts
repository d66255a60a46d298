import { expect } from 'chai';
import fc from 'fast-check';
import { Decimal } from '../../src/domain/decimal.ts';
import {
  canonicalKeyText,
  compareKeyTexts,
  keyRecord,
  keyTextOf,
  keyValueOf,
} from '../../src/domain/key-value.ts';
import { canonical, isAfter } from '../../src/application/verify/key-values.ts';
import { decimal } from '../support/factories.ts';

const THIRTY_EIGHT = '9'.repeat(38);

/** Numbers that a table can hold, as they may be written. */
const numbers = fc
  .tuple(
    fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
    fc.oneof(fc.integer({ min: -8, max: 8 }), fc.integer({ min: -92, max: 87 })),
  )
  .map(([digits, exponent]) => `${digits}e${exponent}`);

describe('the texts of keys', () => {
  for (const [written, text] of [
    ['0', '0'],
    ['-0', '0'],
    ['0.0', '0'],
    ['1', '1'],
    ['1.0', '1'],
    ['1e0', '1'],
    ['-5', '-5'],
    ['+5', '5'],
    ['007', '7'],
    ['1E+20', '100000000000000000000'],
    ['1.50', '1.5'],
    ['-0.05', '-0.05'],
    ['25e-4', '0.0025'],
    [THIRTY_EIGHT, THIRTY_EIGHT],
    [`${THIRTY_EIGHT}0`, `${THIRTY_EIGHT}0`],
    ['1e125', `1${'0'.repeat(125)}`],
    ['1e-130', `0.${'0'.repeat(129)}1`],
    ['', undefined],
    ['x', undefined],
    ['NaN', undefined],
    [' 1', undefined],
    ['1e126', undefined],
    [`${THIRTY_EIGHT}9`, undefined],
  ] as const)
    it(`given the number ${JSON.stringify(written.slice(0, 45))}, then it has the one text of its value`, () => {
      expect(canonicalKeyText(written, 'N')).to.equal(text);
    });

  it('given bytes, then their text is base64url without padding, and nothing else is one', () => {
    for (const length of [1, 2, 3, 4, 255]) {
      const bytes = new Uint8Array(length).map((_, index) => 251 + index);
      const text = keyTextOf(bytes, 'B')!;
      expect(text).to.equal(Buffer.from(bytes).toString('base64url'));
      expect(keyValueOf(text, 'B')).to.deep.equal(bytes);
      expect(canonicalKeyText(text, 'B')).to.equal(text);
    }
    expect(canonicalKeyText('AR', 'B'), 'bits that are of no byte').to.equal('AQ');
    for (const none of ['A', 'AQ==', 'A+', 'A/', 'é', 'AAAAA'])
      expect(canonicalKeyText(none, 'B'), none).to.equal(undefined);
  });

  it('given a value of another type, then it has no text', () => {
    expect(keyTextOf('1', 'N')).to.equal(undefined);
    expect(keyTextOf(decimal('1'), 'S')).to.equal(undefined);
    expect(keyTextOf('AQ', 'B')).to.equal(undefined);
    expect(keyTextOf(undefined, 'N')).to.equal(undefined);
    expect(keyTextOf(decimal('1.0'), 'N')).to.equal('1');
    expect(keyTextOf('1.0', 'S')).to.equal('1.0');
  });

  it('given a key, then its attributes have values of their types', () => {
    const keys = { partition: 'digest', partitionType: 'B', sort: 'at', sortType: 'N' } as const;
    expect(keyRecord(keys, { partition: 'AQ', sort: '-1' })).to.deep.equal({
      digest: new Uint8Array([1]),
      at: decimal('-1'),
    });
    const single = { ...keys, partitionType: 'S', sort: undefined } as const;
    expect(keyRecord(single, { partition: '1', sort: undefined })).to.deep.equal({ digest: '1' });
  });

  it('given any number, then the proof writes it in the same way', () => {
    fc.assert(
      fc.property(numbers, (written) => {
        const text = canonicalKeyText(written, 'N')!;
        expect(canonical(written, 'N')).to.equal(text);
        expect(canonicalKeyText(text, 'N')).to.equal(text);
        expect(decimal(text).equals(Decimal.parse(written)!)).to.equal(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the order of keys', () => {
  it('given numbers, then it is that of what they say', () => {
    const ordered = [
      '-1e20',
      '-10',
      '-9',
      '-1.5',
      '-1',
      '0',
      '0.05',
      '0.5',
      '1',
      '9',
      '9.5',
      '10',
      '1e20',
      '1e125',
    ];
    const texts = ordered.map((written) => canonicalKeyText(written, 'N')!);
    for (const [n, a] of texts.entries())
      for (const [m, b] of texts.entries()) {
        expect(Math.sign(compareKeyTexts('N', a, b)), `${a} ${b}`).to.equal(Math.sign(n - m));
        expect(isAfter(a, b, 'N'), `${a} ${b}`).to.equal(n > m);
      }
  });

  it('given any numbers, then the proof orders them in the same way', () => {
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const [a, b] = [canonicalKeyText(one, 'N')!, canonicalKeyText(other, 'N')!];
        const difference = decimal(a).plus(decimal(b).negated()).text;
        expect(compareKeyTexts('N', a, b) > 0).to.equal(!/^(?:-|0$)/.test(difference));
        expect(isAfter(a, b, 'N')).to.equal(compareKeyTexts('N', a, b) > 0);
        expect(compareKeyTexts('N', a, b) === 0).to.equal(a === b);
      }),
      { numRuns: 500 },
    );
  });

  it('given bytes or strings, then it is that of their bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5 }), fc.uint8Array({ maxLength: 5 }), (one, other) => {
        const [a, b] = [keyTextOf(one, 'B')!, keyTextOf(other, 'B')!];
        expect(Math.sign(compareKeyTexts('B', a, b))).to.equal(Buffer.compare(one, other));
        expect(isAfter(a, b, 'B')).to.equal(Buffer.compare(one, other) > 0);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareKeyTexts('S', a, b))).to.equal(expected);
        expect(isAfter(a, b, 'S')).to.equal(expected > 0);
      }),
    );
  });
});
