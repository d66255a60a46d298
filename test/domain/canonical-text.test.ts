import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalRecord, canonicalText } from '../../src/domain/canonical-text.ts';
import { equalValues, type Value, ValueSet } from '../../src/domain/value.ts';
import { decimal, map } from '../support/factories.ts';

/** Values of few different parts, so that many are equal, and equal ones are often written differently. */
const { value: values } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Value>(null, true, '', '1', '1e0', 'null', '<1>', '(1)'),
    fc.constantFrom('1', '1.0', '10e-1', '0', '-0').map(decimal),
    fc.array(fc.constantFrom(0, 1, 10), { maxLength: 2 }).map((bytes) => new Uint8Array(bytes)),
    fc.array(fc.constantFrom('a', 'b', 'a,b'), { maxLength: 3 }).map((members) => new ValueSet(members)),
    fc
      .array(fc.constantFrom('1', '1.0', '2'), { maxLength: 3 })
      .map((members) => new ValueSet(members.map(decimal))),
    fc.array(tie('value'), { maxLength: 2 }),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', '__proto__'), tie('value')), { maxLength: 2 })
      .map((entries) => map(...entries)),
  ),
}));

describe('the canonical text of a value', () => {
  it('given any two values, then their texts are equal exactly when they are', () => {
    let equal = 0;
    fc.assert(
      fc.property(values, values, (a, b) => {
        if (equalValues(a, b)) equal++;
        expect(canonicalText(a) === canonicalText(b)).to.equal(equalValues(a, b));
      }),
      { numRuns: 20_000 },
    );
    expect(equal).to.be.above(100);
  });

  it('given the same attributes in another order, then their text is the same', () => {
    expect(
      canonicalRecord([
        ['b', decimal('1.0')],
        ['a', 'x'],
      ]),
    ).to.equal(
      canonicalRecord([
        ['a', 'x'],
        ['b', decimal('1')],
      ]),
    );
  });
});
