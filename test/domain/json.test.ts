import { expect } from 'chai';
import { isObject, toJson } from '../../src/domain/json.ts';
import { Decimal } from '../../src/domain/decimal.ts';
import { type Value, ValueSet } from '../../src/domain/value.ts';
import { map } from '../support/factories.ts';

const decimal = (text: string) => Decimal.parse(text)!;

describe('isObject', () => {
  for (const [value, is] of [
    [{}, true],
    [{ a: 1 }, true],
    [[], false],
    [null, false],
    [undefined, false],
    ['{}', false],
    [5, false],
  ] as const)
    it(`given ${JSON.stringify(value)}, then ${is ? 'yes' : 'no'}`, () => {
      expect(isObject(value)).to.equal(is);
    });
});

describe('JSON of values', () => {
  for (const digits of [
    '99999999999999999999999999999999999999',
    '1E+30',
    '9007199254740993.5',
    '-0.10',
    '1e-130',
  ])
    it(`given the number ${digits}, when written, then every digit is there`, () => {
      expect(toJson({ n: decimal(digits) })).to.equal(`{"n":${digits}}`);
    });

  it('given members of every kind, when written at once or one by one, then it is the same JSON', () => {
    const at = { text: 'é"', '10': decimal('-0.5'), none: null, yes: false, toJSON: 'x', zero: decimal('0') };
    const members = '"10":-0.5,"text":"é\\"","none":null,"yes":false,"toJSON":"x","zero":0';
    expect(toJson(at)).to.equal(`{${members}}`);
    expect(toJson({ ...at, long: decimal('1.0') })).to.equal(`{${members},"long":1.0}`);
    expect(toJson({ ...at, minus: decimal('-0') })).to.equal(`{${members},"minus":-0}`);
    expect(toJson(map(['a', 'x'], ['__proto__', 'y']))).to.equal('{"a":"x","__proto__":"y"}');
  });

  it('given nested values, when written, then each is JSON: sets as sorted lists, bytes as base64', () => {
    const value: Value = {
      text: 'é"\\\n\u2028',
      none: null,
      yes: true,
      list: [decimal('1'), ['x']],
      strings: new ValueSet(['b', 'a']),
      numbers: new ValueSet([decimal('20'), decimal('10')]),
      bytes: new Uint8Array([0, 255]),
      blobs: new ValueSet([new Uint8Array([2]), new Uint8Array([1])]),
    };
    expect(JSON.parse(toJson(value))).to.deep.equal({
      text: 'é"\\\n\u2028',
      none: null,
      yes: true,
      list: [1, ['x']],
      strings: ['a', 'b'],
      numbers: [10, 20],
      bytes: 'AP8=',
      blobs: ['AQ==', 'Ag=='],
    });
  });

  for (const name of ['a"b', 'a\\b', '\n', '', 'é', '\u2028', '\ud83d', 'plain_1'])
    it(`given an attribute named ${JSON.stringify(name)}, when written, then it is as JSON.stringify writes it`, () => {
      expect(toJson({ [name]: 'x', other: 'y' })).to.equal(JSON.stringify({ [name]: 'x', other: 'y' }));
    });

  it('given an attribute named __proto__, when written, then it is an attribute', () => {
    const map = Object.create(null) as Record<string, Value>;
    map['__proto__'] = 'hostile';
    map['toJSON'] = 'text';
    expect(toJson(map)).to.equal('{"__proto__":"hostile","toJSON":"text"}');
  });
});
