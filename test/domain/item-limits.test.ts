import { expect } from 'chai';
import fc from 'fast-check';
import { itemBytes, itemFault, keyFault, utf8Bytes } from '../../src/domain/item-limits.ts';
import { mostJsonBytes, sendable, toJson } from '../../src/domain/json.ts';
import { ValueSet } from '../../src/domain/value.ts';
import { decimal, map } from '../support/factories.ts';
import { HOSTILE_VALUES } from '../support/hostile.ts';

describe('utf8Bytes', () => {
  it('given any text, halves of pairs too, then it is the length of its UTF-8', () => {
    const units = fc.array(
      fc.constantFrom('a', 'é', '北', '🛩', '\ud83d', '\udee9', '\u007f', '\u0080', '\u07ff', '\u0800'),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          units.map((some) => some.join('')),
        ),
        (text) => {
          expect(utf8Bytes(text)).to.equal(Buffer.byteLength(text));
        },
      ),
    );
  });
});

describe('itemBytes', () => {
  // As measured by putting items of 400 KB into DynamoDB Local.
  for (const [what, value, bytes] of [
    ['an empty text', '', 0],
    ['null', null, 1],
    ['true', true, 1],
    ['0', decimal('0'), 1],
    ['1', decimal('1'), 2],
    ['12', decimal('12'), 2],
    ['123', decimal('123'), 3],
    ['-123', decimal('-123'), 4],
    ['10.5', decimal('10.5'), 3],
    ['-123.50', decimal('-123.50'), 5],
    ['38 digits', decimal('1'.repeat(38)), 20],
    ['1e125', decimal('1e125'), 2],
    ['an empty list', [], 3],
    ['three nulls', [null, null, null], 9],
    ['an empty map', map(), 3],
    ['a map', map(['x', null], ['y', null]), 9],
    ['texts', new ValueSet(['a', 'b']), 2],
    ['numbers', new ValueSet([decimal('1'), decimal('2')]), 4],
    ['bytes', new Uint8Array(3), 3],
  ] as const)
    it(`given ${what}, then it is of ${bytes} bytes, beside its name`, () => {
      expect(itemBytes({ é: value })).to.equal(2 + bytes);
    });
});

describe('keyFault', () => {
  it('given a key, then each of its attributes has a bound of its own', () => {
    const what = { row: () => 'a row', owner: 'a row' };
    expect(keyFault(what, { partition: '北'.repeat(682), sort: undefined })).to.equal(undefined);
    expect(keyFault(what, { partition: '北'.repeat(683), sort: undefined })?.message).to.equal(
      `a row cannot be stored: its partition key, ${'北'.repeat(60)}…, is 2049 bytes, and DynamoDB accepts 2048`,
    );
    expect(keyFault(what, { partition: 'a', sort: 'x'.repeat(1_024) })).to.equal(undefined);
    const fault = keyFault(what, { partition: 'a', sort: 'x'.repeat(1_025) });
    expect(fault).to.include({
      kind: 'permanent',
      reason: 'the sort key of a row is longer than DynamoDB accepts',
    });
  });
});

describe('itemFault', () => {
  const what = { row: () => 'a row', owner: 'a row' };

  it('given what else a row has, then that counts', () => {
    expect(itemFault(what, { a: 'é'.repeat(204_799) }, 1)).to.equal(undefined);
    expect(itemFault(what, { a: 'é'.repeat(204_799) }, 2)?.message).to.contain('it is 409601 bytes');
  });
});

describe('mostJsonBytes', () => {
  for (const [what, value] of [...HOSTILE_VALUES, ['what is escaped', '\u0001\uffff\ud83d"'] as const])
    it(`given ${what}, then its JSON is no longer`, () => {
      expect(Buffer.byteLength(sendable(toJson(value)))).to.be.at.most(mostJsonBytes(value));
    });
});
