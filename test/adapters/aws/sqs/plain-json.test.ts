import { expect } from 'chai';
import fc from 'fast-check';
import { fieldsToJson } from '../../../../src/adapters/aws/sqs/plain-json.ts';
import { toJson } from '../../../../src/domain/json.ts';
import { type Value, ValueSet } from '../../../../src/domain/value.ts';
import { HOSTILE_NAMES } from '../../../support/hostile.ts';
import { decimal } from '../../../support/factories.ts';

const NUMBERS = ['0', '-0', '1.0', '1e21', '1E2', '1e-7', '0.1', '12345678901234567890', '-5', '1e999'];
const text = fc.oneof(fc.constantFrom('toJSON', '1', '\ud800', '\u2028'), fc.string({ unit: 'binary' }));
const name = fc.oneof(fc.constantFrom('__proto__', 'toJSON', '7', ...HOSTILE_NAMES), text);
const scalar: fc.Arbitrary<Value> = fc.oneof(
  text,
  fc.constantFrom<Value>(null, true, false, ...NUMBERS.map(decimal)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => decimal(String(n))),
);
const nested: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value>(new Uint8Array([1, 2]), new ValueSet(['b', 'a'])),
  fc.array(scalar),
  fc.dictionary(name, scalar),
);

describe('fieldsToJson', () => {
  for (const [what, value] of [
    ['plain values', scalar],
    ['any values', fc.oneof({ weight: 9, arbitrary: scalar }, nested)],
  ] as const)
    it(`given ${what}, when written, then the text is that of toJson`, () => {
      const fields = fc.array(fc.tuple(name, value)).map((entries) => {
        const record = Object.create(null) as Record<string, Value>;
        for (const [key, held] of entries) record[key] = held;
        return record;
      });
      fc.assert(
        fc.property(fields, (any) => {
          expect(fieldsToJson(any)).to.equal(toJson(any));
        }),
        { numRuns: 500 },
      );
    });
});
