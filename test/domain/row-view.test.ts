import { expect } from 'chai';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { row, type RowOptions } from '../../src/domain/definition/row.ts';
import type { SchemaIssue, StandardSchema } from '../../src/domain/definition/standard-schema.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { Row } from '../../src/domain/row.ts';
import { callFor, describeRow, plainAttributes, RowView, unfit } from '../../src/domain/row-view.ts';
import { type Attributes, DecodedAttributes, type Value } from '../../src/domain/value.ts';
import { attributes, decimal, faultOf, map } from '../support/factories.ts';

/** A row of a table of orders. */
function order(options: RowOptions = {}): Row {
  const kind = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }, options as object);
  const { model } = defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { order: kind },
    derive: { order_search: documents(kind, { collection: 'orders', fields: [] }) },
  });
  return { model: model.rows[0]!, parts: ['7', '9'] };
}

const ORDER = 'the order row ["CUSTOMER#7","ORDER#9"]';

/** Attributes that count how often they are decoded. */
function counted(values: Readonly<Record<string, Value>>): Attributes & { readonly decoded: () => number } {
  let decoded = 0;
  const given = new DecodedAttributes(new Map(Object.entries(values)));
  return {
    get: (name) => given.get(name),
    all: () => {
      decoded++;
      return given.all();
    },
    equals: (other) => given.equals(other),
    decoded: () => decoded,
  };
}

/** A schema as libraries make them, by what it says of a row. */
function schema(validate: (value: unknown) => unknown): StandardSchema {
  return { '~standard': { version: 1, vendor: 'test', validate: validate as never } };
}

const issues = (...all: readonly SchemaIssue[]) => schema(() => ({ issues: all }));

describe('RowView', () => {
  it('given a row, then its key has the parts by their names, frozen', () => {
    const { key } = new RowView(order(), attributes());
    expect({ ...key }).to.deep.equal({ customer: '7', order: '9' });
    expect(Object.isFrozen(key)).to.equal(true);
  });

  it('given a row, when only its key is asked for, then nothing is decoded', () => {
    const given = counted({ total: decimal('5') });
    const view = new RowView(order(), given);
    expect(view.key).to.have.property('order', '9');
    expect(given.decoded()).to.equal(0);
    expect(RowView.wasRead(view)).to.equal(false);
  });

  it('given a row, when its attributes are asked for, then that is known, even where it fails', () => {
    const view = new RowView(order(), attributes({ total: decimal('5') }));
    expect(view.attributes).to.deep.equal({ total: 5 });
    expect(RowView.wasRead(view)).to.equal(true);
    const failing = new RowView(order(), attributes({ total: decimal('9007199254740993') }));
    expect(() => failing.attributes).to.throw('total is 9007199254740993');
    expect(RowView.wasRead(failing)).to.equal(true);
  });
});

describe('plainAttributes', () => {
  it('given a row that is asked for by many functions, then it is decoded once', () => {
    const given = counted({ total: decimal('5') });
    const of = order();
    expect(plainAttributes(of, given)).to.equal(plainAttributes(of, given));
    expect(given.decoded()).to.equal(1);
  });

  it('given bytes that one function writes into, then the next has those of the row', () => {
    const given = attributes({ bytes: new Uint8Array([1]), deep: [map(['more', new Uint8Array([2])])] });
    const of = order();
    const first = plainAttributes(of, given) as { bytes: Uint8Array };
    first.bytes[0] = 9;
    expect(plainAttributes(of, given)).to.have.deep.property('bytes', new Uint8Array([1]));
    expect(given.get('bytes')).to.deep.equal(new Uint8Array([1]));
  });

  it('given hostile names, then they are attributes like any other', () => {
    const values = Object.fromEntries([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    const plain = plainAttributes(order(), attributes(values)) as object;
    expect(Object.entries(plain)).to.deep.equal([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it('given rows that ask for exact numbers, and rows that do not, then each has its own', () => {
    const given = attributes({ total: decimal('1.50') });
    expect(plainAttributes(order(), given)).to.have.property('total', 1.5);
    const exact = plainAttributes(order({ numbers: 'exact' }), given);
    expect(exact).to.have.nested.property('total.text', '1.50');
    expect(plainAttributes(order(), given)).to.have.property('total', 1.5);
  });

  it('given a number that JavaScript does not hold, then the message names the row, and the reason does not', () => {
    const given = attributes({ total: decimal('9007199254740993') });
    expect(faultOf(() => plainAttributes(order(), given))).to.include({
      kind: 'permanent',
      message: `${ORDER}: total is 9007199254740993, which a JavaScript number does not hold exactly: ask for exact numbers with numbers: 'exact'`,
      reason: 'order rows: total is a number that a JavaScript number does not hold exactly',
    });
  });

  it('given what cannot be decoded, then that is the fault', () => {
    const spoilt = new Fault('permanent', 'is spoilt');
    const given: Attributes = {
      ...counted({}),
      all: () => {
        throw spoilt;
      },
    };
    expect(faultOf(() => plainAttributes(order(), given))).to.equal(spoilt);
  });

  describe('with a schema', () => {
    it('given a row that fits, then functions are given what the schema makes of it, frozen', () => {
      let seen: unknown;
      const doubled = schema((value) => {
        seen = value;
        return { value: { total: (value as { total: number }).total * 2, tags: new Set(['a']) } };
      });
      const plain = plainAttributes(order({ schema: doubled }), attributes({ total: decimal('5') }));
      expect(seen).to.deep.equal({ total: 5 });
      expect(plain).to.deep.equal({ total: 10, tags: new Set(['a']) });
      expect(() => (plain as { tags: Set<string> }).tags.add('b')).to.throw(TypeError);
      expect(Object.isFrozen(plain)).to.equal(true);
    });

    it('given a schema that is a function, as those of arktype are, then it is taken', () => {
      const callable = Object.assign(
        () => 0,
        schema(() => ({ value: { a: 1 } })),
      );
      expect(plainAttributes(order({ schema: callable }), attributes())).to.deep.equal({ a: 1 });
    });

    it('given a result with issues that are undefined, as those of valibot are, then the row fits', () => {
      const fits = schema((value) => ({ typed: true, value, issues: undefined }));
      expect(plainAttributes(order({ schema: fits }), attributes({ a: 'b' }))).to.deep.equal({ a: 'b' });
    });

    it('given a row that does not fit, then it is poison, in the words of the schema', () => {
      const several = issues(
        { message: 'Expected a string', path: ['lines', 0, { key: 'sku' }] },
        { message: 'Too cheap', path: [{ key: 'total' }] },
        { message: 'Not an order' },
        { message: 'Nor this', path: [] },
      );
      const words = 'lines.0.sku: Expected a string; total: Too cheap; Not an order; Nor this';
      expect(faultOf(() => plainAttributes(order({ schema: several }), attributes()))).to.include({
        kind: 'permanent',
        message: `${ORDER} does not fit its schema: ${words}`,
        reason: 'the order row does not fit its schema',
      });
    });

    it('given a schema that answers with a promise, then that is a configuration fault', async () => {
      const late = schema(async () => Promise.reject(new Error('too late')));
      expect(faultOf(() => plainAttributes(order({ schema: late }), attributes()))).to.include({
        kind: 'configuration',
        message: `the schema of order rows, called for ${ORDER}, returned a promise: it must be a pure function of the row, that is not async`,
      });
      // Its rejection must not end the process.
      await new Promise((resolve) => setImmediate(resolve));
    });

    it('given a schema that throws, then the row is one that it cannot take', () => {
      const throws = schema(() => {
        throw new Error('boom');
      });
      expect(faultOf(() => plainAttributes(order({ schema: throws }), attributes()))).to.include({
        kind: 'permanent',
        message: `the schema of order rows threw for ${ORDER}: boom`,
      });
    });

    for (const [answer, words] of [
      [undefined, 'returned undefined instead of { value } or { issues }'],
      [null, 'returned null instead of { value } or { issues }'],
      ['wrong', 'returned a string instead of { value } or { issues }'],
      [{}, 'returned neither a value nor issues'],
      [{ issues: 'wrong' }, 'returned issues that are a string, and no array'],
    ] as const)
      it(`given a schema that answers with ${JSON.stringify(answer)}, then it says so`, () => {
        expect(
          faultOf(() => plainAttributes(order({ schema: schema(() => answer) }), attributes())),
        ).to.include({
          kind: 'permanent',
          message: `the schema of order rows, called for ${ORDER}, ${words}`,
        });
      });

    it('given issues that are none, then the words that they have are said', () => {
      const odd = schema(() => ({ issues: [null, 'too dear', {}, 7] }));
      expect(faultOf(() => plainAttributes(order({ schema: odd }), attributes())).message).to.equal(
        `${ORDER} does not fit its schema: too dear`,
      );
    });

    it('given a schema that refuses a row without an issue, then it says that there is no reason', () => {
      expect(faultOf(() => plainAttributes(order({ schema: issues() }), attributes())).message).to.equal(
        `${ORDER} does not fit its schema: the schema gives no reason`,
      );
    });

    it('given a number that JavaScript does not hold, then that comes before the schema', () => {
      const given = attributes({ total: decimal('9007199254740993') });
      expect(
        faultOf(() => plainAttributes(order({ schema: issues({ message: 'x' }) }), given)).message,
      ).to.match(/^the order row \["CUSTOMER#7","ORDER#9"\]: total is/);
    });
  });
});

describe('callFor', () => {
  const call = (
    run: (view: RowView) => unknown,
    given = attributes(),
    read: (returned: unknown) => unknown = (x) => x,
  ) => callFor({ name: 'where of the derivation d', run }, order(), given, read);

  it('given a function, then what is read of what it returned is the result', () => {
    expect(
      call(
        ({ key }) => key['order'],
        attributes(),
        (returned) => [returned],
      ),
    ).to.deep.equal(['9']);
  });

  const thrown: readonly (readonly [string, unknown, string])[] = [
    ['an error', new TypeError('no total'), 'no total'],
    ['a text', 'a text', 'a text'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['an empty string', '', 'an empty string'],
    ['an error without a message', new RangeError(), 'RangeError without a message'],
    ['an object that cannot be a text', Object.create(null), 'an object'],
    ['a symbol', Symbol('x'), 'a symbol'],
  ];
  for (const [what, error, words] of thrown)
    it(`given a function that throws ${what}, then it is a permanent fault that names it and the row`, () => {
      const fault = faultOf(() =>
        call(() => {
          throw error;
        }),
      );
      expect(fault).to.include({
        kind: 'permanent',
        message: `where of the derivation d threw for ${ORDER}: ${words}`,
        reason: 'where of the derivation d threw',
        cause: error,
      });
    });

  it('given a function that returns a promise, then it is a configuration fault, and nobody waits', async () => {
    for (const run of [async () => Promise.reject(new Error('later')), () => ({ then: () => 1 })])
      expect(faultOf(() => call(run))).to.include({
        kind: 'configuration',
        message: `where of the derivation d, called for ${ORDER}, returned a promise: it must be a pure function of the row, that is not async`,
        reason:
          'where of the derivation d returned a promise: it must be a pure function of the row, that is not async',
      });
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('given a function that tries to change the attributes, then it throws, and the row stays', () => {
    const given = attributes({ status: 'new', lines: [map(['sku', 'x'])] });
    const changes: readonly ((all: { status: string; lines: { sku: string }[] }) => unknown)[] = [
      (all) => (all.status = 'paid'),
      (all) => delete (all as { status?: string }).status,
      (all) => all.lines.push({ sku: 'y' }),
      (all) => (all.lines[0]!.sku = 'y'),
    ];
    for (const change of changes) {
      const fault = faultOf(() => call((view) => change(view.attributes as never), given));
      expect(fault.kind).to.equal('permanent');
      expect(fault.message).to.match(/^where of the derivation d threw for/);
      expect(call((view) => view.attributes, given)).to.deep.equal({ status: 'new', lines: [{ sku: 'x' }] });
    }
  });

  it('given a fault that reading the attributes throws, then it is thrown as it is', () => {
    const fault = faultOf(() => call((view) => view.attributes, attributes({ total: decimal('1e400') })));
    expect(fault.message).to.match(/^the order row .*: total is 1e400/);
  });

  it('given a getter of what it returned that throws, then the function has thrown', () => {
    const returned = {
      get a(): never {
        throw new Error('lazily');
      },
    };
    const fault = faultOf(() =>
      call(
        () => returned,
        attributes(),
        (value) => ({ ...(value as object) }),
      ),
    );
    expect(fault.message).to.equal(`where of the derivation d threw for ${ORDER}: lazily`);
  });
});

describe('messages of rows', () => {
  it('given a row without a sort key, then it is described without one', () => {
    const kind = row({ id: 'USER#<user>' });
    const { model } = defineTable({
      keys: { partition: 'id' },
      rows: { user: kind },
      derive: { users: documents(kind, { collection: 'users', fields: [] }) },
    });
    expect(describeRow({ model: model.rows[0]!, parts: ['7'] })).to.equal('the user row ["USER#7"]');
  });

  it('given what a function returned, then it is the same reason for all rows', () => {
    const fault = unfit({ name: 'by of the derivation d', run: undefined }, order(), 'returned 5');
    expect(fault).to.include({
      kind: 'permanent',
      message: `by of the derivation d, called for ${ORDER}, returned 5`,
      reason: 'by of the derivation d returned 5',
    });
  });
});
