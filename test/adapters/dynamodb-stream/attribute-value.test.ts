import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'chai';
import fc from 'fast-check';
import { decodeValue, EncodedAttributes } from '../../../src/adapters/dynamodb-stream/attribute-value.ts';
import { Decimal } from '../../../src/domain/decimal.ts';
import { type Value, ValueSet } from '../../../src/domain/value.ts';
import { comparable } from '../../support/comparable.ts';
import { decimal, faultOf, map } from '../../support/factories.ts';

describe('decodeValue', () => {
  const decode = (encoded: unknown) => decodeValue(encoded, 'NewImage.x');

  for (const [what, received] of [
    ['what the SDK gives', (encoded: Encoded) => encoded],
    ['the JSON that Lambda makes of it, where bytes are base64', asLambdaGivesIt],
  ] as const)
    it(`agrees with unmarshall on ${what}`, () => {
      fc.assert(
        fc.property(plainValue, (plain) => {
          const encoded = marshall({ x: plain });
          const expected = comparable(fromPlain(unmarshall(encoded)['x']));
          expect(comparable(decode(received(encoded)['x']))).to.deep.equal(expected);
        }),
        { numRuns: 300 },
      );
    });

  describe('keeps what unmarshall loses', () => {
    const whole = (encoded: unknown) => unmarshall({ x: encoded as never })['x'] as unknown;

    it('keeps 38 digits after the point', () => {
      const encoded = { N: '0.12345678901234567890123456789012345678' };
      expect(whole(encoded)).to.equal(0.12345678901234568);
      expect(decode(encoded)).to.deep.equal(decimal('0.12345678901234567890123456789012345678'));
    });

    for (const text of ['1E+30', '9007199254740993.5', '9.9E+125', '-1E+125'])
      it(`keeps ${text}, on which it throws`, () => {
        expect(() => whole({ N: text })).to.throw();
        expect(decode({ N: text })).to.deep.equal(decimal(text));
      });

    it('keeps 38 digits, which it makes a BigInt, that JSON cannot hold', () => {
      const encoded = { N: '12345678901234567890123456789012345678' };
      expect(whole(encoded)).to.be.a('bigint');
      expect((decode(encoded) as Decimal).text).to.equal(encoded.N);
    });

    it('keeps an attribute named __proto__, which it loses', () => {
      const encoded = JSON.parse(
        '{"M": {"__proto__": {"M": {"admin": {"BOOL": true}}}, "a": {"S": "b"}}}',
      ) as unknown;
      expect(Object.keys(whole(encoded) as object)).to.deep.equal(['a']);
      const decoded = decode(encoded) as { readonly [name: string]: Value };
      expect(Object.keys(decoded)).to.deep.equal(['__proto__', 'a']);
      expect(Object.getPrototypeOf(decoded)).to.equal(null);
      expect(decoded['admin']).to.equal(undefined);
      expect(({} as Record<string, unknown>)['admin'], 'no other object is touched').to.equal(undefined);
    });

    it('keeps attributes named like what every object has', () => {
      const names = ['constructor', 'toString', 'hasOwnProperty', 'length', 'then'];
      const encoded = { M: Object.fromEntries(names.map((name) => [name, { S: name }])) };
      expect(comparable(decode(encoded))).to.deep.equal(
        comparable(map(...names.map((name) => [name, name] as const))),
      );
    });

    it('keeps sets, which JSON makes an empty object of', () => {
      expect(JSON.stringify(whole({ SS: ['b', 'a'] }))).to.equal('{}');
      expect(decode({ SS: ['b', 'a'] })).to.deep.equal(new ValueSet(['b', 'a']));
    });

    it('keeps members of a number set that are one as doubles', () => {
      const members = ['9007199254740993.1', '9007199254740993.2'];
      expect(() => whole({ NS: members })).to.throw();
      expect(decode({ NS: members })).to.deep.equal(new ValueSet(members.map(decimal)));
    });
  });

  it('decodes base64 to bytes, and leaves bytes as they are', () => {
    expect(decode({ B: 'AP+ACg==' })).to.deep.equal(Buffer.of(0, 255, 128, 10));
    expect(decode({ B: '' })).to.deep.equal(Buffer.of());
    const bytes = Uint8Array.of(1, 2);
    expect(decode({ B: bytes })).to.equal(bytes);
    expect(comparable(decode({ BS: ['AQ==', bytes] }))).to.deep.equal(
      comparable(new ValueSet([Uint8Array.of(1), bytes])),
    );
  });

  it('decodes the largest binary that a row can hold', () => {
    const bytes = Buffer.alloc(400_000, 7);
    expect((decode({ B: bytes.toString('base64') }) as Uint8Array).length).to.equal(400_000);
  });

  describe('throws a permanent Fault that says where and what', () => {
    const NO_VALUE = ' is not an attribute value';
    const NOT_ONE = ' must hold exactly one type and its value';
    const NO_STRING = ' is an S that is not a string';
    const NO_BOOLEAN = ' is a BOOL that is neither true nor false';
    const NO_BASE64 = ' is binary but not base64';
    const NO_ARRAY = ' is a list or set that is not an array';
    const NO_MAP = ' is a map that is not an object';
    const number = (n: number) =>
      ` is the number ${n}, which must be a string in DynamoDB's JSON: "${n}", as in {"N":"${n}"}`;
    const malformed: [encoded: unknown, problem: string][] = [
      ...[undefined, null, 'text', 7].map((encoded): [unknown, string] => [encoded, NO_VALUE]),
      [{}, NOT_ONE],
      [[], NOT_ONE],
      [{ S: 'a', N: '1' }, NOT_ONE],
      [[{ S: 'a' }], ' has the unknown type "0"'],
      [{ s: 'a' }, ' has the unknown type "s"'],
      [{ 'a type with a long name': 1 }, ' has the unknown type "a type with a long n"'],
      [JSON.parse('{"__proto__": {"S": "a"}}'), ' has the unknown type "__proto__"'],
      [{ S: 5 }, NO_STRING],
      [{ S: null }, NO_STRING],
      [{ N: 5 }, number(5)],
      [{ N: null }, ' is not a valid number: object'],
      ...['', 'NaN', 'Infinity', '1,5', ' 1', '0x1F', '1n'].map((N): [unknown, string] => [
        { N },
        ` is not a valid number: "${N}"`,
      ]),
      [{ N: 'x'.repeat(100) }, ` is not a valid number: "${'x'.repeat(60)}"`],
      [{ BOOL: 'true' }, NO_BOOLEAN],
      [{ BOOL: 1 }, NO_BOOLEAN],
      [{ NULL: false }, ' is a NULL that is not true'],
      [{ NULL: 'true' }, ' is a NULL that is not true'],
      ...['AP+ACg=', 'AP+A\nCg==', 'AP-_', [1, 2]].map((B): [unknown, string] => [{ B }, NO_BASE64]),
      [{ SS: 'a' }, NO_ARRAY],
      [{ SS: ['a', 5] }, `[1]${NO_STRING}`],
      [{ NS: ['1', 'one'] }, '[1] is not a valid number: "one"'],
      [{ NS: [1] }, `[0]${number(1)}`],
      [{ BS: ['AQ==', '?'] }, `[1]${NO_BASE64}`],
      [{ L: { 0: { S: 'a' } } }, NO_ARRAY],
      [{ L: [{ S: 'a' }, 'b'] }, `[1]${NO_VALUE}`],
      ...[[], null, 'a'].map((M): [unknown, string] => [{ M }, NO_MAP]),
      [{ M: { a: { L: [{ M: { b: { N: 'c' } } }] } } }, '.a[0].b is not a valid number: "c"'],
      [{ M: { a: undefined } }, `.a${NO_VALUE}`],
    ];
    for (const [encoded, problem] of malformed)
      it(`says of ${encoded === undefined ? 'nothing' : JSON.stringify(encoded).slice(0, 40)}: x${problem.slice(0, 44)}`, () => {
        const fault = faultOf(() => decode(encoded));
        expect(fault).to.include({ kind: 'permanent', message: `NewImage.x${problem}` });
      });

    it('says of a very long path no more than its beginning', () => {
      const { message } = faultOf(() => decode({ M: { ['n'.repeat(10_000)]: { N: 'x' } } }));
      expect(message).to.equal(`NewImage.x.${'n'.repeat(189)}… is not a valid number: "x"`);
      const shorter = faultOf(() => decode({ M: { ['n'.repeat(189)]: { N: 'x' } } }));
      expect(shorter.message).to.equal(`NewImage.x.${'n'.repeat(189)} is not a valid number: "x"`);
    });
  });

  describe('given deep nesting', () => {
    const nested = (levels: number, type: 'L' | 'M') => {
      let encoded: unknown = { S: 'bottom' };
      for (let level = 0; level < levels; level++)
        encoded = type === 'L' ? { L: [encoded] } : { M: { a: encoded } };
      return encoded;
    };

    for (const [type, first] of [
      ['L', '0'],
      ['M', 'a'],
    ] as const)
      it(`decodes 64 levels, twice what DynamoDB allows, and refuses more before the stack ends (${type})`, () => {
        let value: Value | undefined = decode(nested(64, type));
        for (let level = 0; level < 64; level++) value = (value as Readonly<Record<string, Value>>)[first];
        expect(value).to.equal('bottom');
        for (const levels of [65, 100_000])
          expect(faultOf(() => decode(nested(levels, type))).message).to.match(
            /^NewImage\.x.* is nested more than 64 levels deep$/,
          );
      });
  });

  it('decodes any JSON or throws a permanent Fault', () => {
    const type = fc.constantFrom('S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M', 'X');
    const attributeLike = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 2 }),
        fc.tuple(type, tie('content')).map(([name, content]) => ({ [name]: content })),
      ),
      content: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 2 }),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    fc.assert(
      fc.property(attributeLike, (encoded) => {
        try {
          decode(encoded);
        } catch (error) {
          expect(error).to.have.property('name', 'Fault');
          expect(error).to.have.property('kind', 'permanent');
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('EncodedAttributes', () => {
  const keys = { PK: { S: 'pk' }, SK: { S: 'sk' } };
  const undecodable = { N: 'not a number' };

  it('decodes the attribute that is asked for, and touches no other', () => {
    const image = new Proxy(
      { a: { S: 'x' }, b: undecodable },
      {
        get(target, name) {
          if (name !== 'a') throw new Error(`${String(name)} was read`);
          return target['a'];
        },
      },
    );
    expect(new EncodedAttributes(image, keys, 'NewImage').get('a')).to.equal('x');
  });

  it('throws only when an attribute is asked for that cannot be decoded, and says where it stands', () => {
    const image = new EncodedAttributes({ a: { S: 'x' }, b: undecodable }, keys, 'OldImage');
    expect(image.get('a')).to.equal('x');
    expect(faultOf(() => image.get('b')).message).to.match(/^OldImage\.b is not a valid number/);
    expect(faultOf(() => image.all()).message).to.match(/^OldImage\.b is not a valid number/);
    expect(image.get('a'), 'still readable').to.equal('x');
  });

  it('throws for a text with another type beside it, whichever comes first', () => {
    const image = { a: { S: 'x', N: '1' }, b: { N: '1', S: 'x' }, c: { S: 'x', SS: undefined } };
    for (const name of Object.keys(image))
      expect(faultOf(() => new EncodedAttributes(image, keys, 'NewImage').get(name))).to.include({
        kind: 'permanent',
        message: `NewImage.${name} must hold exactly one type and its value`,
      });
  });

  it('has no attributes but those of the image and the keys', () => {
    const image = new EncodedAttributes({}, keys, 'NewImage');
    for (const name of ['a', 'constructor', 'toString', '__proto__', ''])
      expect(image.get(name)).to.equal(undefined);
  });

  it('gives attributes whatever their names', () => {
    const json = '{"__proto__": {"S": "a"}, "constructor": {"S": "b"}, "": {"S": "c"}, "a.b": {"S": "d"}}';
    const image = new EncodedAttributes(JSON.parse(json) as object, keys, 'NewImage');
    for (const [name, value] of Object.entries({
      ['__proto__']: 'a',
      constructor: 'b',
      '': 'c',
      'a.b': 'd',
    })) {
      expect(image.get(name)).to.equal(value);
      expect(image.all().get(name)).to.equal(value);
      expect(image.get(name), 'after all').to.equal(value);
    }
  });

  it('gives all attributes, in one and by one, the keys among them', () => {
    const image = new EncodedAttributes({ a: { S: 'x' }, n: { N: '1' } }, keys, 'NewImage');
    expect(Object.fromEntries(image.all())).to.deep.equal({ PK: 'pk', SK: 'sk', a: 'x', n: decimal('1') });
    expect(image.get('missing')).to.equal(undefined);
    expect(image.get('a')).to.equal('x');
  });

  it('completes an image that leaves out the keys, and prefers what the image says', () => {
    const image = new EncodedAttributes({ PK: { S: 'as in the image' } }, keys, 'NewImage');
    expect(image.get('PK')).to.equal('as in the image');
    expect(image.get('SK')).to.equal('sk');
    expect(image.all().get('PK')).to.equal('as in the image');
  });

  it('decodes all attributes once', () => {
    let reads = 0;
    const counting = {
      get a() {
        reads++;
        return { S: 'x' };
      },
    };
    const image = new EncodedAttributes(counting, keys, 'NewImage');
    expect(image.all()).to.equal(image.all());
    expect(image.get('a')).to.equal('x');
    expect(reads).to.equal(1);
  });
});

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
  .filter((text) => text !== '__proto__');
const finite = fc.double({
  noNaN: true,
  noDefaultInfinity: true,
  min: Number.MIN_SAFE_INTEGER,
  max: Number.MAX_SAFE_INTEGER,
});
const bigInteger = fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n });
const setOf = <T>(member: fc.Arbitrary<T>) =>
  fc.array(member, { minLength: 1, maxLength: 5 }).map((members) => new Set(members));

/** Values as programs write them with `marshall`. */
const plainValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.string({ unit: 'binary' }),
    finite,
    fc.maxSafeInteger(),
    bigInteger,
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ minLength: 1 }),
    setOf(fc.string({ minLength: 1 })),
    setOf(fc.maxSafeInteger()),
    setOf(bigInteger),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  ),
})).value;

type Encoded = Readonly<Record<string, unknown>>;

function asLambdaGivesIt(encoded: Encoded): Encoded {
  const json = JSON.stringify(encoded, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
  return JSON.parse(json) as Encoded;
}

/** What `unmarshall` gives, in the domain's terms. */
function fromPlain(plain: unknown): Value {
  if (plain === null || typeof plain === 'string' || typeof plain === 'boolean') return plain;
  if (typeof plain === 'number' || typeof plain === 'bigint') return decimal(String(plain));
  if (plain instanceof Uint8Array) return plain;
  if (plain instanceof Set) return new ValueSet([...plain].map((member) => fromPlain(member) as string));
  if (Array.isArray(plain)) return plain.map(fromPlain);
  if (typeof plain === 'object')
    return map(...Object.entries(plain).map(([key, value]) => [key, fromPlain(value)] as const));
  throw new Error(`unmarshall gave a ${typeof plain}`);
}

describe('comparing images', () => {
  const image = (encoded: object) => new EncodedAttributes(encoded, {}, 'NewImage');

  it('given the same image twice, when compared, then it is equal without being decoded', () => {
    const undecodable = { name: { S: 'x' }, other: { X: 'unknown type' } };
    expect(image(undecodable).equals(image(structuredClone(undecodable)))).to.equal(true);
  });

  it('given one image written in two ways, when compared, then it is equal by its values', () => {
    const one = image({ a: { N: '1' }, b: { SS: ['x', 'y'] } });
    expect(one.equals(image({ b: { SS: ['y', 'x'] }, a: { N: '1.0' } }))).to.equal(true);
  });

  it('given different images, when compared, then they differ', () => {
    expect(image({ a: { N: '1' } }).equals(image({ a: { N: '2' } }))).to.equal(false);
    expect(image({ a: { N: '1' } }).equals(image({}))).to.equal(false);
  });

  it('given images nested too deeply for a comparison, then that is a permanent fault that says where', () => {
    const deep = JSON.parse(`${'{"M":{"a":'.repeat(30_000)}{"S":"x"}${'}}'.repeat(30_000)}`) as object;
    const fault = faultOf(() => image({ attribute: deep }).equals(image({ attribute: { S: 'x' } })));
    expect(fault.kind).to.equal('permanent');
    expect(fault.message).to.match(/attribute.*is nested more than 64 levels deep$/);
  });
});
