import fc from 'fast-check';
import { Decimal } from '../../../src/domain/decimal.ts';
import { type Value, ValueSet } from '../../../src/domain/value.ts';

/** Any UTF-16 code units, so that surrogates may stand alone. */
export const text = fc.oneof(
  fc.string(),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 4 })
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom('\ud800', 'x\udfff', '\udc00\ud83d', '\u2028"\\', '\u0000'),
);

/** Names of attributes, among them such as objects have of their own. */
export const name = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'toJSON',
    'B',
    'S',
    'length',
    'hasOwnProperty',
  ),
  text,
);

/** Bytes: a buffer of their own, a part of a larger one, and Node's. */
export const bytes = fc
  .tuple(fc.uint8Array({ maxLength: 8 }), fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.boolean())
  .map(([all, before, after, isNodes]) => {
    const larger = Uint8Array.from([
      ...Array<number>(before).fill(7),
      ...all,
      ...Array<number>(after).fill(9),
    ]);
    const view = larger.subarray(before, before + all.length);
    return isNodes ? Buffer.from(view) : view;
  });

const decimal = fc
  .oneof(
    fc.maxSafeInteger().map((number) => Decimal.parse(String(number))),
    fc
      .constantFrom('0', '-1.5', '12345678901234567890123456789012345678', '1E+125', '-9.9E-128')
      .map((digits) => Decimal.parse(digits)),
  )
  .map((parsed) => parsed!);

const members = <T>(one: fc.Arbitrary<T>) => fc.uniqueArray(one, { minLength: 1, maxLength: 3 });
const set: fc.Arbitrary<Value> = fc.oneof(
  members(text).map((all) => new ValueSet(all)),
  fc
    .uniqueArray(decimal, { minLength: 1, maxLength: 3, selector: ({ text: digits }) => digits })
    .map((all) => new ValueSet(all)),
  fc.array(bytes, { minLength: 1, maxLength: 3 }).map((all) => new ValueSet(all)),
);

const values = fc.letrec((tie: fc.LetrecTypedTie<{ value: Value }>) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.oneof(text, decimal, fc.boolean(), fc.constant(null), bytes, set) as fc.Arbitrary<Value>,
    fc.array(tie('value'), { maxLength: 3 }) as fc.Arbitrary<Value>,
    fc.dictionary(name, tie('value'), { maxKeys: 3 }) as fc.Arbitrary<Value>,
  ),
}));

/** Any value that an attribute may have. */
export const anyValue: fc.Arbitrary<Value> = values['value'];
