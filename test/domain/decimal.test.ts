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

  describe('arithmetic', () => {
    /** Any number that a table can hold, in some notation. */
    const storable: fc.Arbitrary<string> = fc
      .tuple(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }), fc.integer({ min: -130, max: 88 }))
      .map(([units, scale]) => `${units}e${scale}`);
    const near: fc.Arbitrary<string> = fc
      .tuple(fc.integer({ min: -2000, max: 2000 }), fc.nat(3))
      .map(([units, places]) => (units / 10 ** places).toFixed(places));
    const any = fc.oneof(storable, near);

    function sumOf(a: Exact, b: Exact): Exact {
      const scale = a.scale < b.scale ? a.scale : b.scale;
      return { units: a.units * 10n ** (a.scale - scale) + b.units * 10n ** (b.scale - scale), scale };
    }

    it('given any two numbers, when added, then the sum is exact, and JSON', () => {
      fc.assert(
        fc.property(any, any, (a, b) => {
          const { text } = decimal(a).plus(decimal(b));
          expect(isJson(text)).to.equal(true);
          expect(isSameNumber(exact(text), sumOf(exact(a), exact(b)))).to.equal(true);
          expect(decimal(text).text).to.equal(text);
        }),
      );
    });

    it('given any numbers, when they are added in any order, then the sum is the same', () => {
      fc.assert(
        fc.property(fc.array(any, { minLength: 1, maxLength: 6 }), (texts) => {
          const sum = (list: readonly string[]) =>
            list.map(decimal).reduce((total, each) => total.plus(each), decimal('0'));
          expect(sum(texts).equals(sum(texts.toReversed()))).to.equal(true);
        }),
      );
    });

    it('given any number, when its negation is added, then nothing is left', () => {
      fc.assert(
        fc.property(any, (a) => {
          const negated = decimal(a).negated();
          expect(isJson(negated.text)).to.equal(true);
          expect(isSameNumber(exact(negated.text), { ...exact(a), units: -exact(a).units })).to.equal(true);
          expect(decimal(a).plus(negated).isZero()).to.equal(true);
          expect(negated.negated().equals(decimal(a))).to.equal(true);
        }),
      );
    });

    const sums: readonly (readonly [string, string, string])[] = [
      ['0.1', '0.2', '0.3'],
      ['0.10', '0.20', '0.3'],
      ['1', '-1', '0'],
      ['-1', '-1', '-2'],
      ['0.5', '-1', '-0.5'],
      ['1.5', '0.5', '2'],
      ['1e3', '1', '1001'],
      ['1e-3', '-1', '-0.999'],
      ['9007199254740993', '1', '9007199254740994'],
      ['99999999999999999999999999999999999999', '1', '100000000000000000000000000000000000000'],
      ['0', '-0', '0'],
      ['0.5', '-0.5', '0'],
      ['0.25', '0.75', '1'],
      ['0.001', '0.099', '0.1'],
    ];
    for (const [a, b, sum] of sums)
      it(`given ${a} and ${b}, when added, then the sum is ${sum}`, () => {
        expect(decimal(a).plus(decimal(b)).text).to.equal(sum);
      });

    it('given a number, then it is zero exactly where exact arithmetic says so', () => {
      fc.assert(
        fc.property(numbers, (source) => {
          expect(decimal(source).isZero()).to.equal(exact(source).units === 0n);
        }),
      );
      for (const zero of ['0', '-0', '0.000', '0e99', '-0.0e-7']) {
        expect(decimal(zero).isZero()).to.equal(true);
        expect(decimal(zero).negated().isZero()).to.equal(true);
        expect(decimal(zero).negated().text).to.equal(zero);
      }
    });

    it('given a number, then a table can hold it exactly where its digits and its magnitude allow', () => {
      fc.assert(
        fc.property(fc.tuple(numbers, fc.integer({ min: -150, max: 150 })), ([source, shift]) => {
          const [mantissa = '', exponent = '0'] = source.toLowerCase().split('e');
          const shifted = `${mantissa}e${BigInt(exponent) + BigInt(shift)}`;
          const { units, scale } = exact(shifted);
          const digits = String(units < 0n ? -units : units);
          const significant = digits.replace(/0+$/, '');
          const magnitude = scale + BigInt(digits.length) - 1n;
          const fits = units === 0n || (significant.length <= 38 && magnitude >= -130n && magnitude <= 125n);
          expect(decimal(shifted).isStorable()).to.equal(fits);
        }),
      );
    });

    const limits: readonly (readonly [string, boolean])[] = [
      ['0', true],
      ['0e999', true],
      [`9.${'9'.repeat(37)}e125`, true],
      [`-9.${'9'.repeat(37)}e125`, true],
      ['1e126', false],
      ['1e-130', true],
      ['-1e-130', true],
      ['1e-131', false],
      ['9'.repeat(38), true],
      [`${'9'.repeat(38)}000`, true],
      ['9'.repeat(39), false],
      [`0.${'0'.repeat(50)}1`, true],
      ['1e99999999999999999999', false],
    ];
    for (const [text, fits] of limits)
      it(`given ${text.slice(0, 50)}, then a table ${fits ? 'can' : 'cannot'} hold it`, () => {
        expect(decimal(text).isStorable()).to.equal(fits);
      });
  });

  describe('is', () => {
    it('given a Decimal, then it is one', () => {
      expect(Decimal.is(decimal('1'))).to.equal(true);
    });

    it('given one of another copy of the module, then it is one too', async () => {
      const url = new URL('../../src/domain/decimal.ts?another', import.meta.url);
      const another = ((await import(url.href)) as { Decimal: typeof Decimal }).Decimal.parse('1.50');
      expect(another).not.to.be.instanceOf(Decimal);
      expect(Decimal.is(another)).to.equal(true);
      expect(another?.text).to.equal('1.50');
    });

    it('given anything else, then it is none', () => {
      for (const other of [1, '1', 1n, null, undefined, {}, { text: '1' }, [], () => 1])
        expect(Decimal.is(other)).to.equal(false);
    });
  });
});
