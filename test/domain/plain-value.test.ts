import { expect } from 'chai';
import fc from 'fast-check';
import { Decimal } from '../../src/domain/decimal.ts';
import { deepFreeze, fromPlain, holdsBytes, kindOf, toPlain } from '../../src/domain/plain-value.ts';
import { equalValues, type Value, ValueSet } from '../../src/domain/value.ts';
import { decimal, faultOf, map } from '../support/factories.ts';

/** Any value of a table whose numbers JavaScript holds. */
const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value; leaf: Value }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom<Value>(null, true, false, ''),
    fc.string({ unit: 'grapheme' }),
    fc.integer().map((number) => decimal(String(number))),
    fc.uint8Array({ maxLength: 3 }),
    fc
      .uniqueArray(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 3 })
      .map((all) => new ValueSet(all)),
    fc
      .uniqueArray(fc.integer(), { minLength: 1, maxLength: 3 })
      .map((all) => new ValueSet(all.map((number) => decimal(String(number))))),
  ),
  value: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', '__proto__', 'constructor', 'toJSON', ''), tie('value')), {
        maxLength: 3,
      })
      .map((entries) => map(...entries)),
  ),
})).value;

/** Everything that a value holds, itself included. */
function within(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [value];
  const members: unknown[] = value instanceof Set ? [...value] : Object.values(value);
  return [value, ...members.flatMap(within)];
}

describe('toPlain', () => {
  it('given any value, when it goes there and back, then it is the same', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(equalValues(fromPlain(toPlain(value, 'plain', 'v'), 'v'), value)).to.equal(true);
        expect(equalValues(fromPlain(toPlain(value, 'exact', 'v'), 'v'), value)).to.equal(true);
      }),
    );
  });

  it('given any value, when plain, then all of it is frozen but bytes, which are a copy', () => {
    fc.assert(
      fc.property(values, (value) => {
        const originals = new Set(within(value));
        for (const member of within(toPlain(value, 'plain', 'v')))
          if (member instanceof Uint8Array) expect(originals.has(member)).to.equal(false);
          else expect(Object.isFrozen(member)).to.equal(true);
      }),
    );
  });

  it('given bytes that are a view of more, when plain, then the copy is of them alone', () => {
    const bytes = Buffer.from('abcdef').subarray(2, 4);
    const plain = toPlain(bytes, 'plain', 'v') as Uint8Array;
    plain[0] = 0;
    expect([...bytes]).to.deep.equal([99, 100]);
    expect(plain.constructor).to.equal(Uint8Array);
    expect(plain).to.have.lengthOf(2);
  });

  it('given a set, when a function tries to change it, then that fails, and the set stays', () => {
    const set = toPlain(new ValueSet(['a', 'b']), 'plain', 'v') as Set<unknown>;
    for (const change of [
      () => set.add('c'),
      () => set.delete('a'),
      () => {
        set.clear();
      },
    ])
      expect(change).to.throw(TypeError, 'attributes are read-only');
    expect([...set]).to.deep.equal(['a', 'b']);
    expect(set).to.deep.equal(new Set(['a', 'b']));
  });

  it('given a set, when a function makes one of its own of it, then that can be changed', () => {
    const set = toPlain(new ValueSet(['a']), 'plain', 'v') as Set<unknown>;
    expect([...new Set(set).add('b')]).to.deep.equal(['a', 'b']);
  });

  it('given lists and maps, when a function tries to change them, then that fails', () => {
    const plain = toPlain(map(['list', ['a']], ['map', map(['b', 'c'])]), 'plain', 'v') as {
      list: string[];
      map: Record<string, string>;
    };
    for (const change of [() => plain.list.push('x'), () => (plain.map['b'] = 'x'), () => (plain.list = [])])
      expect(change).to.throw(TypeError);
  });

  it('given hostile names, when plain, then they are names like any other', () => {
    const plain = toPlain(map(['__proto__', 'x'], ['constructor', 'y']), 'plain', 'v') as Record<
      string,
      unknown
    >;
    expect(Object.entries(plain)).to.deep.equal([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.getPrototypeOf(plain)).to.equal(null);
  });

  const held: readonly (readonly [string, number])[] = [
    ['0', 0],
    ['-0', -0],
    ['0.1', 0.1],
    ['1998.0', 1998],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992],
    ['1E+30', 1e30],
    ['1e-130', 1e-130],
    ['9.99e125', 9.99e125],
  ];
  for (const [text, number] of held)
    it(`given ${text}, when plain, then it is a number`, () => {
      expect(toPlain(decimal(text), 'plain', 'total')).to.equal(number);
    });

  for (const text of ['9007199254740993', '0.12345678901234567890123', '1e400', '12345678901234567890'])
    it(`given ${text}, when plain, then it is a permanent fault that names the attribute`, () => {
      expect(faultOf(() => toPlain(decimal(text), 'plain', 'total'))).to.include({
        kind: 'permanent',
        message: `total is ${text}, which a JavaScript number does not hold exactly: ask for exact numbers with numbers: 'exact'`,
        reason: 'total is a number that a JavaScript number does not hold exactly',
      });
    });

  it('given such a number deep inside, when plain, then the message says where', () => {
    const deep = map(['lines', ['a', map(['price', decimal('9007199254740993')])]]);
    const fault = faultOf(() => toPlain(deep, 'plain', 'order'));
    expect(fault.message).to.match(/^order\.lines\[1\]\.price is /);
    // The same for all places of a list, so that failures of one cause are known for that.
    expect(fault.reason).to.match(/^order\.lines\[\]\.price is a number/);
    const set = map(['ids', new ValueSet([decimal('9007199254740993')])]);
    expect(faultOf(() => toPlain(set, 'plain', 'order')).message).to.match(/^order\.ids is /);
  });

  it('given exact numbers, when plain, then they are Decimal, whatever their digits', () => {
    const exact = toPlain([decimal('9007199254740993'), decimal('1.50')], 'exact', 'v') as Decimal[];
    expect(exact.map((number) => number.text)).to.deep.equal(['9007199254740993', '1.50']);
  });
});

describe('fromPlain', () => {
  const taken: readonly (readonly [string, unknown, Value])[] = [
    ['null', null, null],
    ['a text', 'x', 'x'],
    ['an empty text', '', ''],
    ['true', true, true],
    ['a number', 1.5, decimal('1.5')],
    ['a large number', 1e21, decimal('1e+21')],
    ['minus zero', -0, decimal('0')],
    ['a bigint', 12345678901234567890n, decimal('12345678901234567890')],
    ['a Decimal', decimal('1.50'), decimal('1.50')],
    ['bytes', new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    ['a Buffer', Buffer.from([1, 2]), new Uint8Array([1, 2])],
    ['an empty array', [], []],
    ['an array', [1, 'x', null], [decimal('1'), 'x', null]],
    ['a set of texts', new Set(['b', 'a']), new ValueSet(['b', 'a'])],
    [
      'a set of numbers of all types',
      new Set([1, 1n, decimal('1.0'), 2]),
      new ValueSet([decimal('1'), decimal('2')]),
    ],
    ['a set of bytes', new Set([new Uint8Array([1])]), new ValueSet([new Uint8Array([1])])],
    ['an object', { a: { b: 1 } }, map(['a', map(['b', decimal('1')])])],
    [
      'an object without a prototype',
      Object.assign(Object.create(null) as object, { a: 'b' }),
      map(['a', 'b']),
    ],
    ['a hostile name', JSON.parse('{"__proto__":"x"}'), map(['__proto__', 'x'])],
    ['members that are undefined', { a: undefined, b: 'x' }, map(['b', 'x'])],
  ];
  for (const [what, plain, value] of taken)
    it(`given ${what}, then a table can hold it`, () => {
      const given = fromPlain(plain, 'total');
      expect(equalValues(given, value)).to.equal(true);
      if (given instanceof ValueSet)
        expect(given.members).to.have.lengthOf((value as ValueSet).members.length);
    });

  it('given a Decimal of another copy of the module, then it becomes one of this', async () => {
    const copy = '../../src/domain/decimal.ts?plain';
    const another = (await import(copy)) as { Decimal: typeof Decimal };
    const given = fromPlain([another.Decimal.parse('1.50')], 'total') as readonly Decimal[];
    expect(given[0]).to.be.instanceOf(Decimal);
    expect(given[0]?.text).to.equal('1.50');
  });

  it('given bytes, then they are a copy', () => {
    const bytes = Buffer.from([1, 2]);
    const value = fromPlain(bytes, 'v') as Uint8Array;
    bytes[0] = 9;
    expect([...value]).to.deep.equal([1, 2]);
  });

  class Order {
    total = 1;
  }
  const deep = (levels: number): unknown => (levels === 0 ? 'x' : [deep(levels - 1)]);
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const list: unknown[] = [];
  list.push(list);

  const refused: readonly (readonly [string, unknown, string])[] = [
    ['undefined', undefined, 'total is undefined, which no table can hold'],
    ['NaN', NaN, 'total is NaN, which no table can hold'],
    ['Infinity', Infinity, 'total is Infinity, which no table can hold'],
    ['minus Infinity', -Infinity, 'total is -Infinity, which no table can hold'],
    ['a number that is too large', 1e126, 'total is 1e+126, which no table can hold'],
    ['a number that is too small', 1e-200, 'total is 1e-200, which no table can hold'],
    ['too many digits', 10n ** 38n + 1n, `total is 1${'0'.repeat(37)}1, which no table can hold`],
    ['a function', () => 1, 'total is a function, which no table can hold'],
    ['a class', Order, 'total is a function, which no table can hold'],
    ['a symbol', Symbol('x'), 'total is a symbol, which no table can hold'],
    ['a promise', Promise.resolve(1), 'total is a promise, which no table can hold'],
    ['a date', new Date(0), 'total is a Date, which no table can hold'],
    ['a map', new Map(), 'total is a Map, which no table can hold'],
    ['a regular expression', /x/, 'total is a RegExp, which no table can hold'],
    ['a boxed number', Object(5), 'total is a Number, which no table can hold'],
    ['an instance of a class', new Order(), 'total is a Order, which no table can hold'],
    [
      'an instance of a class without a name',
      new (class {})(),
      'total is an object of a class, which no table can hold',
    ],
    ['a lone surrogate', '\ud800', 'total is not well-formed Unicode, which no table can hold'],
    [
      'a lone surrogate in a name',
      { '\ud800': 1 },
      'a name is not well-formed Unicode, which no table can hold',
    ],
    ['an empty set', new Set(), 'total is an empty set, which no table can hold'],
    [
      'a mixed set',
      new Set([1, 'x']),
      'total is a set of something else than strings, numbers or bytes, all of one type',
    ],
    [
      'a set of text and bytes',
      new Set(['x', new Uint8Array()]),
      'total is a set of something else than strings, numbers or bytes, all of one type',
    ],
    [
      'a set of lists',
      new Set([[1]]),
      'total is a set of something else than strings, numbers or bytes, all of one type',
    ],
    [
      'a set of null',
      new Set([null]),
      'total is a set of something else than strings, numbers or bytes, all of one type',
    ],
    ['a set of undefined', new Set([undefined]), 'total is undefined, which no table can hold'],
    ['undefined in a list', [1, undefined], 'total[1] is undefined, which no table can hold'],
    ['a hole in a list', Object.assign([1], { 2: 2 }), 'total[1] is undefined, which no table can hold'],
    ['NaN deep inside', { a: [{ b: NaN }] }, 'total.a[0].b is NaN, which no table can hold'],
    ['too many levels', deep(33), `total${'[0]'.repeat(33)} is nested more than 32 levels deep`],
    ['an object that holds itself', cycle, `total${'.self'.repeat(33)} is nested more than 32 levels deep`],
    ['a list that holds itself', list, `total${'[0]'.repeat(33)} is nested more than 32 levels deep`],
    [
      'a set that holds itself',
      (() => {
        const set = new Set<unknown>();
        return set.add(set);
      })(),
      'total is nested more than 32 levels deep',
    ],
  ];
  for (const [what, plain, message] of refused)
    it(`given ${what}, then it is a permanent fault that says so`, () => {
      expect(faultOf(() => fromPlain(plain, 'total'))).to.include({ kind: 'permanent', message });
    });

  it('given values of which each is wrong, then those of one cause have one reason', () => {
    const reasons = [1e126, 1e127].map(
      (number, index) =>
        faultOf(() =>
          fromPlain(
            Array.from({ length: index + 1 }, () => number),
            'totals',
          ),
        ).reason,
    );
    expect(reasons).to.deep.equal(Array(2).fill('totals[] is a number that no table can hold'));
  });

  it('given a wrong member of a list, then the reason is the same wherever it stands', () => {
    const at = (place: number) => [...Array.from({ length: place }, () => 1), NaN];
    for (const place of [0, 9, 10, 123])
      expect(faultOf(() => fromPlain(at(place), 'totals'))).to.include({
        message: `totals[${place}] is NaN, which no table can hold`,
        reason: 'totals[] is a number that no table can hold',
      });
  });

  it('given no path and a name that is half a character, then it says so', () => {
    expect(faultOf(() => fromPlain({ '\ud800': 1 }, '')).message).to.equal(
      'a name is not well-formed Unicode, which no table can hold',
    );
  });

  it('given as many levels as a table can hold, then it can', () => {
    expect(fromPlain(deep(32), 'total')).to.deep.equal(deep(32));
  });

  it('given no path, then members are called by their names, and the whole by what it is', () => {
    expect(faultOf(() => fromPlain({ a: { b: NaN } }, '')).message).to.match(/^a\.b is NaN/);
    expect(faultOf(() => fromPlain(NaN, '')).message).to.match(/^what it returned is NaN/);
  });
});

describe('deepFreeze', () => {
  it('given what a schema may make, then nothing of it can be changed, however it was frozen before', () => {
    const made = {
      list: [{ a: 1 }],
      shallow: Object.freeze({ inner: { b: 2 } }),
      set: new Set([{ c: 3 }]),
      map: new Map([['k', { d: 4 }]]),
      bytes: new Uint8Array([1]),
      none: null,
    };
    expect(deepFreeze(made)).to.equal(made);
    const changes = [
      () => made.list.push({ a: 2 }),
      () => (made.list[0]!.a = 2),
      () => (made.shallow.inner.b = 3),
      () => made.set.add({ c: 4 }),
      () => ([...made.set][0]!.c = 4),
      () => made.map.set('k', { d: 5 }),
      () => made.map.delete('k'),
      () => (made.map.get('k')!.d = 5),
    ];
    for (const change of changes) expect(change, String(change)).to.throw(TypeError);
  });

  it('given objects and lists, then they have no more names than before', () => {
    const made = { list: [1], inner: { a: 1 } };
    deepFreeze(made);
    expect(Object.getOwnPropertyNames(made)).to.deep.equal(['list', 'inner']);
    expect(Object.getOwnPropertyNames(made.inner)).to.deep.equal(['a']);
    expect(Object.getOwnPropertyNames(made.list)).to.deep.equal(['0', 'length']);
  });

  it('given an object that holds itself, then it ends', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(Object.isFrozen(deepFreeze(cycle))).to.equal(true);
  });
});

describe('holdsBytes', () => {
  const bytes = new Uint8Array([1]);
  for (const [value, holds] of [
    [bytes, true],
    [{ a: [bytes] }, true],
    [{ a: 'x', b: bytes }, true],
    [['x', bytes], true],
    [new Set(['x', bytes]), true],
    [new Set(), false],
    [{}, false],
    [new Set([bytes]), true],
    [{ a: ['x', null, 1, new Set(['x'])] }, false],
    ['x', false],
  ] as const)
    it(`given ${JSON.stringify(value)}, then ${holds ? 'yes' : 'no'}`, () => {
      expect(holdsBytes(value)).to.equal(holds);
    });
});

describe('kindOf', () => {
  for (const [value, kind] of [
    [undefined, 'undefined'],
    [null, 'null'],
    ['x', 'a string'],
    [5n, 'a bigint'],
    [[], 'an array'],
    [{}, 'an object'],
    [{ then: () => 1 }, 'a promise'],
    [{ then: 1 }, 'an object'],
    [new Date(0), 'a Date'],
    [Object.create({ constructor: undefined }), 'an object of a class'],
    [Object.create({ constructor: { name: 'x' } }), 'an object of a class'],
  ] as const)
    it(`given what is ${kind}, then that is what it is called`, () => {
      expect(kindOf(value)).to.equal(kind);
    });
});
