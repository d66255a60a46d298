import { type AttributeValue, BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  attributeValuesOf,
  nativeItem,
  type NativeItem,
} from '../../../../src/adapters/aws/electrodb/attribute-values.ts';
import { fromNative, toNative } from '../../../../src/adapters/aws/electrodb/native-value.ts';
import { Decimal } from '../../../../src/domain/decimal.ts';
import { ValueSet, type Value } from '../../../../src/domain/value.ts';
import { attributeValues } from '../../../support/attribute-value.ts';
import { anyValue, bytes, name } from '../any-value.ts';
import { dynamoDbOn, HttpDouble } from '../sdk-doubles.ts';

/** What repositories make by themselves, beside values of rows. */
const own = fc.oneof(fc.maxSafeInteger(), fc.boolean(), fc.string(), fc.bigInt(), fc.constant(undefined));
const item = fc.dictionary(name, fc.oneof(anyValue.map(toNative), own), { noNullPrototype: false });

/** `marshall` builds its objects by assignment, which takes `__proto__` for the prototype. */
function holdsPrototype(native: unknown): boolean {
  if (native instanceof Map)
    return [...native].some(([key, value]) => key === '__proto__' || holdsPrototype(value));
  return Array.isArray(native) && native.some(holdsPrototype);
}

/** Without the prototypes of objects and bytes, which differ. */
function plainly(values: unknown): unknown {
  if (values instanceof Uint8Array) return Buffer.from(values).toString('hex');
  if (Array.isArray(values)) return values.map(plainly);
  if (typeof values !== 'object' || values === null) return values;
  return new Map(Object.entries(values).map(([key, value]) => [key, plainly(value)]));
}

describe('attributeValuesOf', () => {
  it('given anything that repositories make, then it is what the SDK’s marshall makes', () => {
    fc.assert(
      fc.property(item, (native) => {
        fc.pre(!Object.entries(native).some(([key, value]) => key === '__proto__' || holdsPrototype(value)));
        expect(plainly(attributeValuesOf(native))).to.deep.equal(
          // It refuses an object with an attribute `constructor`, but no Map.
          plainly(marshall(new Map(Object.entries(native)), { removeUndefinedValues: true })),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('given any values, by names that marshall loses too, then none is lost', () => {
    fc.assert(
      fc.property(fc.dictionary(name, anyValue), (values) => {
        const native = Object.fromEntries(
          Object.entries(values).map(([key, value]) => [key, toNative(value)]),
        );
        expect(plainly(attributeValuesOf(native))).to.deep.equal(plainly(attributeValues(values)));
      }),
      { numRuns: 500 },
    );
    const native = {
      ['__proto__']: new Map([
        ['__proto__', 1],
        ['constructor', 2],
      ]),
    };
    expect(JSON.stringify(attributeValuesOf(native))).to.equal(
      '{"__proto__":{"M":{"__proto__":{"N":"1"},"constructor":{"N":"2"}}}}',
    );
  });

  it('given bytes of any kind, then JSON and the SDK’s own serialiser write them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 3 }), async (all) => {
        const key: NativeItem = { one: all[0], set: new Set(all), list: [new Map([['b', all.at(-1)]])] };
        const base64 = all.map((one) => Buffer.from(Uint8Array.from(one)).toString('base64'));
        const expected = {
          one: { B: base64[0] },
          set: { BS: base64 },
          list: { L: [{ M: { b: { B: base64.at(-1) } } }] },
        };
        const values: Record<string, AttributeValue> = attributeValuesOf(key);
        expect(JSON.parse(JSON.stringify(values))).to.deep.equal(expected);
        const network = new HttpDouble();
        await dynamoDbOn(network).send(new BatchGetItemCommand({ RequestItems: { t: { Keys: [values] } } }));
        expect(network.bodies).to.deep.equal([{ RequestItems: { t: { Keys: [expected] } } }]);
      }),
      { numRuns: 60 },
    );
  });

  it('given bytes that are changed before they are sent, then what is sent is as marshall’s: the bytes of then', () => {
    const one = Uint8Array.of(1);
    const values = attributeValuesOf({ one });
    one[0] = 2;
    expect(JSON.stringify(values)).to.equal('{"one":{"B":"Ag=="}}');
  });

  const empty: readonly (readonly [string, Value])[] = [
    ['no bytes', new Uint8Array()],
    ['a number of 38 digits', Decimal.parse('12345678901234567890123456789012345678')!],
    ['a set of bytes', new ValueSet([new Uint8Array([255])])],
  ];
  for (const [what, value] of empty)
    it(`given ${what}, then it is in the protocol’s own form`, () => {
      expect(plainly(attributeValuesOf({ value: toNative(value) }))).to.deep.equal(
        plainly(attributeValues({ value })),
      );
    });
});

describe('nativeItem', () => {
  it('given any values, then it is what the SDK’s unmarshall makes', () => {
    fc.assert(
      fc.property(fc.dictionary(name, anyValue), (values) => {
        fc.pre(
          !Object.entries(values).some(
            ([key, value]) => key === '__proto__' || holdsPrototype(toNative(value)),
          ),
        );
        const given = attributeValues(values);
        expect(nativeItem(given)).to.deep.equal(unmarshall(given, { wrapNumbers: true }));
      }),
      { numRuns: 300 },
    );
  });

  it('given any values, by names that unmarshall loses too, then none is lost', () => {
    fc.assert(
      fc.property(fc.dictionary(name, anyValue), (values) => {
        const given = attributeValues(values);
        const back = Object.entries(nativeItem(given)).map(
          ([key, one]) => [key, toNative(fromNative(one))] as const,
        );
        expect(plainly(attributeValuesOf(Object.fromEntries(back)))).to.deep.equal(plainly(given));
      }),
      { numRuns: 300 },
    );
  });
});
