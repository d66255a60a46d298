import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from 'lossless-json';
import { readJson } from '../../../src/adapters/json/read-json.ts';
import { Decimal } from '../../../src/domain/decimal.ts';

/** As `readJson` gives numbers, and their texts where they can be seen. */
const lossless = (text: string) =>
  parse(text, undefined, {
    parseNumber: (digits) => Decimal.parse(digits),
    onDuplicateKey: ({ newValue }) => newValue,
  });

const either = (read: (text: string) => unknown, text: string) => {
  try {
    return { read: read(text) };
  } catch {
    return 'no JSON';
  }
};

const NUMBERS = [
  ...['0', '-0', '1', '-1', '0.0', '1.50', '1.5', '-0.5', '0.000001', '0.0000001', '123456789.123456'],
  ...[
    '1234567890.123456',
    '999999999999999',
    '1000000000000000',
    '9007199254740993',
    '1e5',
    '1E-7',
    '-1.0e+3',
  ],
  ...['12345678901234567890123456789012345678', '0.12345678901234567890123456789012345678', '1E+125'],
];

describe('readJson', () => {
  for (const digits of NUMBERS)
    it(`reads ${digits} with every digit, wherever it stands`, () => {
      for (const text of [
        digits,
        `[${digits}]`,
        `[1,${digits} ,2]`,
        `{"a" : ${digits}}`,
        `{"a":"x","b":\n${digits}\n}`,
      ]) {
        const read = readJson(text);
        const found = read instanceof Decimal ? [read] : Object.values(read as object).flat();
        expect(found.map(String), text).to.include(digits);
      }
    });

  it('given any JSON, or nearly, then reads what a parser that keeps digits reads', () => {
    const number = fc.oneof(
      fc.constantFrom(...NUMBERS, '01', '1.', '.5', '+1', '-', 'NaN'),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    );
    const text = fc.oneof(
      fc.string().map((some) => JSON.stringify(some)),
      fc.constantFrom('"\\":1.50,"', '",12345678901234567890"', '"__proto__"', '"constructor"', '"\\ud800"'),
    );
    const blank = fc.constantFrom('', '', '', ' ', '\n\t', '\u00a0');
    const json = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        number,
        text,
        fc.constantFrom('true', 'false', 'null', 'undefined'),
        fc
          .tuple(blank, fc.array(tie('value'), { maxLength: 4 }), blank)
          .map(([a, all, b]) => `[${a}${all.join(`${b},${a}`)}${b}]`),
        fc
          .tuple(blank, fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }), blank)
          .map(
            ([a, all, b]) => `{${a}${all.map(([name, value]) => `${name}${b}:${a}${value}`).join(',')}${b}}`,
          ),
      ),
    }));
    fc.assert(
      fc.property(json['value'], (some) => {
        expect(either(readJson, some)).to.deep.equal(either(lossless, some));
      }),
      { numRuns: 2000 },
    );
  });

  it('given a name __proto__, then it is a property as any other', () => {
    const read = readJson('{"__proto__":{"polluted":1},"constructor":2}') as Record<string, unknown>;
    expect(Object.keys(read)).to.deep.equal(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(read)).to.equal(Object.prototype);
    expect(String(read['constructor'])).to.equal('2');
    expect('polluted' in read).to.equal(false);
  });
});
