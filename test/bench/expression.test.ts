import { expect } from 'chai';
import { holds } from '../../bench/model/expression.ts';

const ITEM = { PK: { S: 'p' }, count: { N: '10' }, text: { S: 'abc' } };
const VALUES = {
  ExpressionAttributeNames: { '#count': 'count', '#gone': 'gone' },
  ExpressionAttributeValues: {
    ':nine': { N: '9' },
    ':ten': { N: '10' },
    ':three': { N: '3' },
    ':ab': { S: 'ab' },
    ':s': { S: 'S' },
  },
};

describe('the benchmarks’ conditions', () => {
  const cases: readonly (readonly [expression: string, expected: boolean])[] = [
    ['attribute_exists(PK)', true],
    ['attribute_exists(#gone)', false],
    ['attribute_not_exists(#gone) AND #count = :ten', true],
    ['#count = :nine OR text = :ab', false],
    ['#count > :nine', true],
    ['#count < :nine', false],
    ['NOT attribute_type(text, :s)', false],
    ['NOT attribute_type(#gone, :s) AND (#count = :nine OR #count >= :ten)', true],
    ['begins_with(text, :ab)', true],
    ['begins_with(text, :missing)', false],
    ['#gone <> :ten', false],
    ['size(text) = :three', true],
    ['size(text) < :three', false],
    ['size(#gone) < :three', false],
    ['NOT size(#gone) < :three', true],
    ['size(#count) < :three', false],
    ['(size(text) <= :nine AND #count = :ten) OR attribute_exists(#gone)', true],
  ];
  for (const [expression, expected] of cases)
    it(`given ${expression}, then it ${expected ? 'holds' : 'does not hold'}`, () => {
      expect(holds(expression, ITEM, VALUES)).to.equal(expected);
    });

  it('given numbers of different length, then they are compared as numbers', () => {
    expect(holds('#count > :nine', { count: { N: '10' } }, VALUES)).to.equal(true);
  });

  it('given a function that is not modelled, then it is refused', () => {
    expect(() => holds('contains(text, :ab)', ITEM, VALUES)).to.throw('contains');
  });

  it('given something that cannot be read, then it is refused', () => {
    expect(() => holds('text = {', ITEM, VALUES)).to.throw('cannot read');
  });
});
