import { expect } from 'chai';
import fc from 'fast-check';
import { Decimal } from '../../src/domain/decimal.ts';
import { decimal } from '../support/factories.ts';

/** A number as `units` times ten to the power of `scale`. */
interface Exact {
  readonly units: bigint;
  readonly scale: bigint;
}

/** Reads a number by other means than the code under test: splits, no patterns. */
function exact(text: string): Exact {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('+', '').split('.');
  const negative = whole.startsWith('-');
  const units = BigInt(whole.replace('-', '') + fraction);
  return { units: negative ? -units : units, scale: BigInt(exponent) - BigInt(fraction.length) };
}

function isSameNumber(a: Exact, b: Exact): boolean {
  const least = a.scale < b.scale ? a.scale : b.scale;
  return a.units * 10n ** (a.scale - least) === b.units * 10n ** (b.scale - least);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom('0', '0', '1', '5', '9'), minLength, maxLength });

/** Any text that reads as a number, in every way of writing one. */
const numbers: fc.Arbitrary<string> = fc
  .record({
    sign: fc.constantFrom('', '-', '+'),
    whole: digits(0, 20),
    fraction: fc.option(digits(0, 20), { nil: undefined }),
    exponent: fc.option(fc.tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.nat(130)), {
      nil: undefined,
    }),
  })
  .filter(({ whole, fraction = '' }) => whole + fraction !== '')
  .map(
    ({ sign, whole, fraction, exponent }) =>
      `${sign}${whole}${fraction === undefined ? '' : `.${fraction}`}${exponent?.join('') ?? ''}`,
  );

/** Two ways of writing the same number. */
const synonyms: fc.Arbitrary<readonly [string, string]> = fc
  .record({
    sign: fc.constantFrom('', '-'),
    units: digits(1, 20),
    scale: fc.integer({ min: -130, max: 130 }),
    point: fc.nat(20),
    zerosBefore: fc.nat(3),
    zerosAfter: fc.nat(3),
  })
  .map(({ sign, units, scale, point, zerosBefore, zerosAfter }) => {
    const padded = '0'.repeat(zerosBefore) + units + '0'.repeat(zerosAfter);
    const at = padded.length - Math.min(point, padded.length);
    const shifted = scale - zerosAfter + (padded.length - at);
    return [`${sign}${units}e${scale}`, `${sign}${padded.slice(0, at)}.${padded.slice(at)}E${shifted}`];
  });

describe('Decimal', () => {
  describe('parse', () => {
    const kept =
      '0 7 10 -5 0.5 -0 0.10 100.00 12.34 1E+30 1e-130 9.99E125 2e7 -1.5e-10 12e+10 ' +
      '12345678901234567890123456789012345678 0.12345678901234567890123456789012345678 9007199254740993 1e999999999999999999999';
    for (const text of kept.split(' '))
      it(`given ${text}, when parsed, then it stays as it was written, for it is valid JSON`, () => {
        expect(isJson(text)).to.equal(true);
        expect(decimal(text).text).to.equal(text);
      });

    const rewritten: readonly (readonly [string, string])[] = [
      ['+5', '5e0'],
      ['.5', '5e-1'],
      ['5.', '5e0'],
      ['-.25', '-25e-2'],
      ['+1.50', '15e-1'],
      ['007', '7e0'],
      ['-0070', '-7e1'],
      ['00', '0'],
      ['-00', '0'],
      ['.0', '0'],
      ['0.', '0'],
      ['+0e5', '0'],
      ['5.e3', '5e3'],
      ['.5E+3', '5e2'],
      ['01e-3', '1e-3'],
      ['+120.0300e20', '12003e18'],
      ['+1e99999999999999999999', '1e99999999999999999999'],
      ['+12345678901234567890123456789012345678', '12345678901234567890123456789012345678e0'],
    ];
    for (const [text, json] of rewritten)
      it(`given ${text}, which is not valid JSON, when parsed, then it becomes ${json}`, () => {
        expect(isJson(text)).to.equal(false);
        expect(decimal(text).text).to.equal(json);
      });

    const words =
      '. + - -. e5 .e5 1e 1e+ 1e5.5 1.2.3 --1 +-1 1,5 1_000 0x10 NaN Infinity -Infinity twelve a1 1a 1ee5 1e5a ٣ 1n';
    for (const text of [...words.split(' '), '', ' 1', '1 ', '1\n', '\n1'])
      it(`given ${JSON.stringify(text)}, when parsed, then it is not a number`, () => {
        expect(Decimal.parse(text)).to.equal(undefined);
      });

    it('given any number, however written, when parsed, then its text is JSON of exactly that number', () => {
      fc.assert(
        fc.property(numbers, (source) => {
          const { text } = decimal(source);
          expect(JSON.parse(text)).to.be.a('number');
          expect(isSameNumber(exact(text), exact(source))).to.equal(true);
          if (isJson(source)) expect(text).to.equal(source);
        }),
      );
    });

    it('given a number of a hundred thousand digits, when parsed, then it is read in no time to speak of', function () {
      this.timeout(2000);
      const { text } = decimal(`+1${'0'.repeat(100_000)}1${'0'.repeat(100_000)}`);
      expect(text).to.equal(`1${'0'.repeat(100_000)}1e100000`);
    });
  });

  describe('equals', () => {
    const equal: readonly (readonly [string, string])[] = [
      ['1', '1.0'],
      ['1', '10e-1'],
      ['1', '0.1E1'],
      ['100', '1e2'],
      ['1E+30', '1000000000000000000000000000000'],
      ['-0', '0'],
      ['0', '0.000e17'],
      ['+5', '5'],
      ['.5', '0.50'],
      ['5.', '5'],
      ['1e-130', '0.1e-129'],
      ['-12.50', '-1250e-2'],
      ['10.01', '1001e-2'],
      ['12345678901234567890123456789012345678', '1.2345678901234567890123456789012345678e37'],
      ['1e999999999999999999999', '10e999999999999999999998'],
    ];
    for (const [a, b] of equal)
      it(`given ${a} and ${b}, when compared, then they are the same number`, () => {
        expect(decimal(a).equals(decimal(b))).to.equal(true);
        expect(decimal(b).equals(decimal(a))).to.equal(true);
      });

    const different: readonly (readonly [string, string])[] = [
      ['1', '-1'],
      ['1', '10'],
      ['1', '0'],
      ['101', '11'],
      ['1.01', '1.1'],
      ['1e5', '1e-5'],
      ['12345678901234567890123456789012345678', '12345678901234567890123456789012345679'],
      ['9007199254740992', '9007199254740993'],
      ['1e999999999999999999999', '1e999999999999999999998'],
      ['0.1', '0.1000000000000000055511151231257827021181583404541015625'],
    ];
    for (const [a, b] of different)
      it(`given ${a} and ${b}, when compared, then they differ`, () => {
        expect(decimal(a).equals(decimal(b))).to.equal(false);
        expect(decimal(b).equals(decimal(a))).to.equal(false);
      });

    it('given any two numbers, when compared, then equality agrees with exact arithmetic', () => {
      fc.assert(
        fc.property(numbers, numbers, (a, b) => {
          expect(decimal(a).equals(decimal(b))).to.equal(isSameNumber(exact(a), exact(b)));
        }),
      );
    });

    it('given a number of 38 digits and its neighbour, when compared, then they differ', () => {
      const units = fc.bigInt({ min: 10n ** 37n, max: 10n ** 38n - 2n });
      fc.assert(
        fc.property(units, fc.integer({ min: -130, max: 130 }), (one, scale) => {
          expect(decimal(`${one}e${scale}`).equals(decimal(`${one + 1n}e${scale}`))).to.equal(false);
        }),
      );
    });

    it('given one number written in two ways, when compared, then they are equal and alike in canonical form', () => {
      fc.assert(
        fc.property(synonyms, ([one, other]) => {
          expect(decimal(one).equals(decimal(other))).to.equal(true);
          expect(decimal(one).canonical).to.equal(decimal(other).canonical);
        }),
      );
    });
  });

  it('given a number, when put into a text, then that is its text', () => {
    expect(decimal('1.50').toString()).to.equal('1.50');
  });
});
