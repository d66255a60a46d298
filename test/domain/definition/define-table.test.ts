import { expect } from 'chai';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row, type RowKind } from '../../../src/domain/definition/row.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { faultOf } from '../../support/factories.ts';
import { range } from '../../support/range.ts';

/* What only plain JavaScript can pass is given as `never`, which every parameter takes. */

/** What no type checks. */
function untyped(spec: object): never {
  return spec as never;
}

const KEYS = { partition: 'PK', sort: 'SK' };
const STRINGS = { partitionType: 'S', sortType: 'S' };

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
const search = documents(order, { collection: 'orders', fields: ['status'] });

/** What is wrong with a definition. */
function problemsOf(spec: unknown): readonly string[] {
  const fault = faultOf(() => defineTable(spec as never));
  const [head = '', ...problems] = fault.message.split('\n- ');
  expect(fault.kind).to.equal('configuration');
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  expect(head).to.equal(`the definition of the table has ${count}:`);
  expect(fault.reason).to.equal(`the definition of the table has ${count}`);
  return problems;
}

/** What is wrong with a definition of orders of which some members are others. */
function problemsWith(members: Readonly<Record<string, unknown>>): readonly string[] {
  return problemsOf({ keys: KEYS, rows: { order }, derive: { search }, ...members });
}

/** What is wrong with something that is derived from orders. */
function problemsOfDerivation(derivation: unknown): readonly string[] {
  return problemsWith({ derive: { d: derivation } }).map((problem) => {
    expect(problem).to.match(/^derivation d: /);
    return problem.replace('derivation d: ', '');
  });
}

describe('defineTable', () => {
  it('given a definition, then it holds what was given, and its model', () => {
    const spec = { keys: KEYS, rows: { order }, derive: { search } } as const;
    const table = defineTable(spec);
    expect(table.is).to.equal('table');
    expect(table.spec).to.equal(spec);
    expect(table.model.keys).to.deep.equal({ ...KEYS, ...STRINGS });
    expect(table.model.rows.map(({ name }) => name)).to.deep.equal(['order']);
    expect(table.model.documents.map(({ name }) => name)).to.deep.equal(['search']);
    expect(Object.isFrozen(table)).to.equal(true);
  });

  it('given a table without a sort key, then its rows have none', () => {
    const user = row({ id: 'USER#<user>' });
    const { model } = defineTable({
      keys: { partition: 'id' },
      rows: { user },
      derive: { users: documents(user, { collection: 'users', fields: [] }) },
    });
    expect(model.keys).to.deep.equal({ partition: 'id', sort: undefined, ...STRINGS });
    expect(model.rows[0]?.sort).to.equal(undefined);
    expect(model.rowOf('USER#7', undefined)).to.deep.equal({ model: model.rows[0], parts: ['7'] });
  });

  it('given the fleet, then its derived rows are rows of the table too', () => {
    const derived = fleet.model.rows.filter(({ derivedBy }) => derivedBy !== undefined);
    expect(derived.map(({ name, derivedBy }) => [name, derivedBy])).to.deep.equal([
      ['default-image', 'pointer'],
      ['matcher-tuple', 'counts'],
    ]);
  });

  it('given derived rows that more is derived from, then that is a chain, and allowed', () => {
    const spend = row({ PK: 'CUSTOMER#<customer>', SK: 'SPEND' });
    const { model } = defineTable({
      keys: KEYS,
      rows: { order, spend },
      derive: {
        spending: counts(order, {
          by: ({ key }) => ({ customer: key.customer }),
          at: { PK: 'CUSTOMER#<customer>', SK: 'SPEND' },
        }),
        spend_search: documents(spend, { collection: 'spend', fields: ['count'] }),
      },
    });
    expect(model.rowOf('CUSTOMER#7', 'SPEND')).to.have.nested.property('model.name', 'spend');
  });

  describe('given what is no definition', () => {
    for (const [what, spec] of [
      ['undefined', undefined],
      ['null', null],
      ['a string', 'orders'],
      ['an array', []],
      ['a function', () => ({})],
      ['a Map', new Map()],
    ] as const)
      it(`such as ${what}, then that is the one problem`, () => {
        expect(problemsOf(spec)).to.deep.equal([
          `it must be an object with keys, rows, derive, and is ${what}`,
        ]);
      });

    it('such as an empty object, then all that is missing is named', () => {
      expect(problemsOf({})).to.deep.equal([
        'keys must be an object with partition, sort, and is undefined',
        'rows must be an object of kinds of rows by their names, and is undefined',
        'derive must be an object of derivations by their names, and is undefined',
      ]);
    });

    it('such as one with arrays, then it says what they must be', () => {
      expect(problemsOf({ keys: KEYS, rows: [order], derive: [search] })).to.deep.equal([
        'rows must be an object of kinds of rows by their names, and is an array',
        'derive must be an object of derivations by their names, and is an array',
      ]);
    });

    it('such as one with a misspelt member, then that is named', () => {
      expect(problemsWith({ derived: {} })).to.deep.equal([
        'it has derived, which is unknown; there are keys, rows, derive',
      ]);
    });

    it('such as one without rows, then it says so', () => {
      expect(problemsOf({ keys: KEYS, rows: {}, derive: {} })).to.deep.equal(['rows names no kind of row']);
    });
  });

  describe('given wrong keys', () => {
    const cases: readonly (readonly [unknown, readonly string[]])[] = [
      ['PK', ['keys must be an object with partition, sort, and is a string']],
      [{}, ['keys.partition must be the name of an attribute, and is undefined']],
      [{ partition: '' }, ['keys.partition must be the name of an attribute, and is ""']],
      [{ partition: 'PK', sort: 5 }, ['keys.sort must be the name of an attribute, and is 5']],
      [{ partition: 'PK', sort: 'PK' }, ['keys.sort must be another attribute than keys.partition']],
      [
        { partition: 'PK', sort: { name: 'PK', type: 'N' } },
        ['keys.sort must be another attribute than keys.partition'],
      ],
      [
        { partition: { name: 'PK', type: 'BOOL' } },
        ['keys.partition.type must be S (string), N (number) or B (bytes), and is "BOOL"'],
      ],
      [
        { partition: 'PK', sort: { name: 'SK' } },
        ['keys.sort.type must be S (string), N (number) or B (bytes), and is undefined'],
      ],
      [
        { partition: 'PK', sort: { type: 'N' } },
        ['keys.sort.name must be the name of an attribute, and is undefined'],
      ],
      [
        { partition: { name: 'PK', type: 'N', unit: 'ms' } },
        ['keys.partition has unit, which is unknown; there are name, type'],
      ],
      [
        { partition: '__proto__', sort: null },
        [
          'keys.partition must be the name of an attribute, and is "__proto__"',
          'keys.sort must be the name of an attribute, and is null',
        ],
      ],
      [
        { hash: 'PK', partition: 'PK', range: 'SK', sort: 'SK' },
        [
          'keys has hash, which is unknown; there are partition, sort',
          'keys has range, which is unknown; there are partition, sort',
        ],
      ],
    ];
    for (const [keys, problems] of cases)
      it(`such as ${JSON.stringify(keys)}, then that alone is said, and not what follows from it`, () => {
        expect(problemsWith({ keys })).to.deep.equal(problems);
      });

    it('and other mistakes, then all are in one message', () => {
      const derive = {
        a: documents(order, { collection: '', fields: 5 } as never),
        b: counts(order, { by: 5, at: { PK: 'A' } } as never),
        c: pointer(order, { at: { SK: 'A' }, choose: 'oldest', repeat: [] } as never),
      };
      expect(problemsWith({ keys: {}, rows: { 'the order': order }, derive })).to.deep.equal([
        'keys.partition must be the name of an attribute, and is undefined',
        'row the order: its name must begin with a letter, and go on with letters, digits, _ and -',
        'derivation a: its collection must be a name without blanks and slashes, and is ""',
        'derivation a: its fields must be an array of names, or a function',
        'derivation b: its by must be an array of names, or a function',
        'derivation c: its choose must be keep or newest, and is "oldest"',
      ]);
    });
  });

  describe('given a wrong row', () => {
    const problemsOfRow = (kind: unknown) =>
      problemsWith({
        rows: { order, r: kind },
        derive: { search, d: documents(kind as never, { collection: 'c', fields: [] }) },
      });

    for (const [what, kind] of [
      ['undefined', undefined],
      ['null', null],
      ['a text', 'ORDER#<order>'],
      ['templates', { PK: 'A', SK: 'B' }],
      ['a derivation', search],
    ] as const)
      it(`such as ${what}, then that alone is said`, () => {
        expect(problemsOfRow(kind)).to.deep.equal(['row r: it is not made by row(…)']);
      });

    const cases: readonly (readonly [title: string, kind: unknown, problems: readonly string[]])[] = [
      [
        'a key that is missing',
        row(undefined as never),
        ['its key must be an object with PK and SK, and is undefined'],
      ],
      [
        'a key that is a text',
        row('ORDER' as never),
        ['its key must be an object with PK and SK, and is a string'],
      ],
      ['a key without an attribute', row({ PK: 'A' }), ['its key has no SK']],
      [
        'a key with another attribute',
        row({ PK: 'A', SK: '<b>', GSI: 'C' }),
        ['its key has GSI, which is none of PK, SK'],
      ],
      ['a template that is empty', row({ PK: '', SK: '<b>' }), ['its key.PK is empty']],
      [
        'a template that is no text',
        row({ PK: 5, SK: ['<b>'] } as never),
        ['its key.PK must be a string, and is a number', 'its key.SK must be a string, and is an array'],
      ],
      [
        'a template that nobody can read',
        row({ PK: 'A#<b', SK: '<c><d>' }),
        [
          'its key.PK has a < or > that belongs to no part: a part is written <name>, its name of letters, digits and _',
          'its key.SK has two parts with nothing between them, so that nobody could tell where the first ends',
        ],
      ],
      [
        'a part twice in a template',
        row(untyped({ PK: 'A#<b>#<b>', SK: 'C' })),
        ['its key.PK names the part <b> twice'],
      ],
      [
        'a part in both templates',
        row(untyped({ PK: 'A#<b>', SK: 'C#<b>' })),
        ['its key names the part <b> twice'],
      ],
      [
        'rules for a part that there is not',
        row({ PK: 'A', SK: 'C#<b>' }, { parts: { c: ['X'] } as never }),
        ['its parts name c, which is no part of its key'],
      ],
      [
        'rules that are none',
        row({ PK: 'A', SK: '<b>#<c>' }, { parts: { b: [], c: { without: '##' } } }),
        [
          "its parts.b must be an array of texts, or { without: 'one character' }",
          "its parts.c must be an array of texts, or { without: 'one character' }",
        ],
      ],
      [
        'rules that are no rules',
        row({ PK: 'A', SK: '<b>#<c>' }, { parts: { b: [''], c: 'X' } as never }),
        [
          "its parts.b must be an array of texts, or { without: 'one character' }",
          "its parts.c must be an array of texts, or { without: 'one character' }",
        ],
      ],
      [
        'rules in an array',
        row({ PK: 'A', SK: '<b>' }, { parts: ['b'] as never }),
        ['its parts must be an object of rules by the names of parts, and are an array'],
      ],
      [
        'options that are none',
        row({ PK: 'A', SK: '<b>' }, null as never),
        ['its options must be an object with schema, parts, when, numbers, strict, derives, and is null'],
      ],
      [
        'a misspelt option',
        row({ PK: 'A', SK: '<b>' }, { stirct: true } as never),
        ['its options has stirct, which is unknown; there are schema, parts, when, numbers, strict, derives'],
      ],
      [
        'options of the wrong types',
        row({ PK: 'A', SK: '<b>' }, {
          numbers: 'plain',
          strict: 'yes',
          derives: 'something',
          schema: {},
        } as never),
        [
          'its schema must follow Standard Schema, and is an object',
          'its numbers must be exact, or left out, and are "plain"',
          'its strict must be true or false, and is "yes"',
          'its derives must be nothing, or left out, and is "something"',
        ],
      ],
      [
        'a schema that is a class',
        row({ PK: 'A', SK: '<b>' }, { schema: class Order {} } as never),
        ['its schema must follow Standard Schema, and is a function'],
      ],
    ];
    for (const [title, kind, problems] of cases)
      it(`such as one with ${title}, then that is said, and not what follows from it`, () => {
        expect(problemsOfRow(kind)).to.deep.equal(problems.map((problem) => `row r: ${problem}`));
      });

    it('such as one with a part that is named like what every object has, then its rules are its own', () => {
      const odd = row({ PK: 'A', SK: '<constructor>' });
      const { model } = defineTable({
        keys: KEYS,
        rows: { odd },
        derive: { d: documents(odd, { collection: 'c', fields: [] }) },
      });
      expect(model.rows[0]?.rules).to.deep.equal([undefined]);
    });
  });

  describe('given names', () => {
    for (const name of ['1st', 'a b', '', '-a', 'é', 'a.b'])
      it(`such as ${JSON.stringify(name)}, then they are refused`, () => {
        const naming = 'its name must begin with a letter, and go on with letters, digits, _ and -';
        expect(problemsOf({ keys: KEYS, rows: { [name]: order }, derive: { search } })).to.deep.equal([
          `row ${name}: ${naming}`,
        ]);
        expect(problemsWith({ derive: { [name]: search } })).to.deep.equal([`derivation ${name}: ${naming}`]);
      });

    it('such as one of a row for a derivation, then that is a name used twice', () => {
      expect(problemsWith({ derive: { order: search } })).to.deep.equal([
        'derivation order: a kind of row has its name',
      ]);
    });

    it('such as two for one row, then that is said, and no more', () => {
      expect(problemsWith({ rows: { order, again: order } })).to.deep.equal([
        'row again: it is the same as the row order',
      ]);
    });

    it('such as two for one derivation, then that is said, and no more', () => {
      expect(problemsWith({ derive: { search, again: search } })).to.deep.equal([
        'derivation again: it is the same as the derivation search',
      ]);
    });
  });

  describe('given a wrong derivation', () => {
    for (const [what, derivation] of [
      ['undefined', undefined],
      ['null', null],
      ['a text', 'documents'],
      ['a row', order],
      ['a specification', { collection: 'orders', fields: ['status'] }],
      ['a function', () => search],
    ] as const)
      it(`such as ${what}, then that alone is said, and not that nothing is derived`, () => {
        expect(problemsOfDerivation(derivation)).to.deep.equal([
          'it is not made by documents(…), counts(…), pointer(…), rows(…) or effect(…)',
        ]);
      });

    it('such as one of a row that is none, then it says so', () => {
      for (const [kind, what] of [
        [undefined, 'undefined'],
        ['order', 'a string'],
        [{}, 'an object'],
      ] as const)
        expect(problemsOfDerivation(documents(kind as never, { collection: 'c', fields: [] }))).to.deep.equal(
          [`it is derived from ${what}, which is not made by row(…)`],
        );
    });

    it('such as one of a row that is not among the rows, then it says so', () => {
      const other = row({ PK: 'OTHER', SK: '<a>' });
      expect(problemsOfDerivation(documents(other, { collection: 'c', fields: [] }))).to.deep.equal([
        'its row is not among the rows of the table',
      ]);
    });

    it('such as one of a row that has got its type later, then it says what to do', () => {
      const typed = order.with<{ status: string }>();
      expect(problemsOfDerivation(documents(typed, { collection: 'c', fields: ['status'] }))).to.deep.equal([
        'its row is not among the rows of the table: order has the same key, but is another object; ' +
          'with(…) makes a new row, which must be the one that stands in rows',
      ]);
    });
  });

  describe('given rows and derivations that do not go together', () => {
    const docs = (kind: RowKind, collection = 'c', more: object = {}) =>
      documents(kind, { collection, fields: [], ...more });

    it('such as two kinds of row with a common key, then the key is named', () => {
      const note = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>#NOTE#<note>' });
      expect(problemsWith({ rows: { order, note }, derive: { search, d: docs(note) } })).to.deep.equal([
        'rows order and note: both match the key ["CUSTOMER#x","ORDER#x#NOTE#x"]; ' +
          "give the row order parts: { order: { without: '#' } }, " +
          'or give both a when, with different values of one attribute',
      ]);
    });

    it('such as two kinds of row that take a rule each, then both are said, with the sign that their keys have', () => {
      const [a, b] = [row({ PK: 'T#<t>|a|<x>', SK: '<s>' }), row({ PK: 'T#<t>|b|<y>', SK: '<s>' })];
      const given = { rows: { a, b }, derive: { d: docs(a), e: docs(b, 'e') } };
      expect(problemsWith(given)).to.deep.equal([
        'rows a and b: both match the key ["T#x|a|b|x","x"]; ' +
          "give the row a parts: { t: { without: '|' } } and the row b parts: { t: { without: '|' } }, " +
          'or give both a when, with different values of one attribute',
      ]);
      const parts = { t: { without: '|' } };
      const apart = {
        a: row({ PK: 'T#<t>|a|<x>', SK: '<s>' }, { parts }),
        b: row({ PK: 'T#<t>|b|<y>', SK: '<s>' }, { parts }),
      };
      const derive = { d: docs(apart.a), e: docs(apart.b, 'e') };
      expect(defineTable({ keys: KEYS, rows: apart, derive }).model.rows).to.have.lengthOf(2);
    });

    it('such as two kinds of row that rules tell apart, then nothing is wrong', () => {
      const plain = row(
        { PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' },
        { parts: { order: { without: '#' } } },
      );
      const note = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>#NOTE#<note>' });
      const { model } = defineTable({
        keys: KEYS,
        rows: { plain, note },
        derive: { a: docs(plain, 'a'), b: docs(note, 'b') },
      });
      expect(model.rowOf('CUSTOMER#1', 'ORDER#2#NOTE#3')).to.have.nested.property('model.name', 'note');
      expect(model.rowOf('CUSTOMER#1', 'ORDER#2')).to.have.nested.property('model.name', 'plain');
    });

    it('such as two kinds of row in a table without a sort key, then the key has one text', () => {
      const [a, b] = [row({ id: 'A#<x>' }), row({ id: 'A#<y>#B' })];
      expect(
        problemsOf({
          keys: { partition: 'id' },
          rows: { a, b },
          derive: { da: docs(a, 'a'), db: docs(b, 'b') },
        }),
      ).to.deep.equal([
        'rows a and b: both match the key ["A#x#B"]; ' +
          "give the row a parts: { x: { without: '#' } }, " +
          'or give both a when, with different values of one attribute',
      ]);
    });

    it('such as a row that nothing is derived from, then it is named', () => {
      const other = row({ PK: 'OTHER', SK: '<a>' });
      expect(problemsWith({ rows: { order, other } })).to.deep.equal([
        "row other: nothing is derived from it; leave it out, or say so with derives: 'nothing'",
      ]);
      expect(problemsWith({ derive: {} })).to.deep.equal([
        "row order: nothing is derived from it; leave it out, or say so with derives: 'nothing'",
      ]);
    });

    it('such as a row that says so, then nothing is wrong, unless something is derived from it', () => {
      const other = row({ PK: 'OTHER', SK: '<a>' }, { derives: 'nothing' });
      expect(
        defineTable({ keys: KEYS, rows: { order, other }, derive: { search } }).model.rows,
      ).to.have.lengthOf(2);
      expect(problemsWith({ rows: { order, other }, derive: { search, d: docs(other) } })).to.deep.equal([
        'row other: it says that nothing is derived from it, but something is',
      ]);
    });

    it('such as a derivation that is wrong, then its row is used all the same', () => {
      expect(problemsOfDerivation(docs(order, ''))).to.have.lengthOf(1);
    });

    it('such as documents of two rows with a common id, then it is named', () => {
      const note = row({ PK: 'NOTES', SK: 'NOTE#<note>' });
      const derive = { a: docs(order, 'c', { id: ['order'] }), b: docs(note) };
      expect(problemsWith({ rows: { order, note }, derive })).to.deep.equal([
        'derivations a and b: both can give the id "x" in the collection c',
      ]);
    });

    it('such as documents that a literal, a number of parts or a collection tells apart, then nothing is wrong', () => {
      const note = row({ PK: 'NOTES', SK: 'NOTE#<note>' });
      for (const [one, other] of [
        [docs(order, 'c', { id: 'A:<order>' }), docs(note, 'c', { id: 'B:<note>' })],
        [docs(order, 'c', { id: 'A/<order>' }), docs(note, 'c')],
        [docs(order, 'c'), docs(note, 'c')],
        [docs(order, 'a', { id: ['order'] }), docs(note, 'b')],
      ])
        expect(
          defineTable({ keys: KEYS, rows: { order, note }, derive: { one: one!, other: other! } }).model
            .documents,
        ).to.have.lengthOf(2);
    });

    it('such as two derivations that write the same row, then it is named', () => {
      const at = { PK: 'CUSTOMER#<customer>', SK: 'COUNT' };
      const by = ({ key }: { readonly key: { readonly customer: string } }) => ({ customer: key.customer });
      const derive = {
        a: counts(order, { by, at }),
        b: counts(order, { by, at, amount: 'total' }),
      };
      expect(problemsWith({ derive })).to.deep.equal([
        'derivations a and b: both can write the row ["CUSTOMER#x","COUNT"]',
      ]);
    });

    it('such as two counts that keep their states at the same keys, then a key is named', () => {
      const counting = (kind: RowKind, SK: string, state?: object) =>
        counts(kind, { by: [], at: { PK: 'COUNTS', SK }, state } as never);
      const state = { partition: 'STATES#<customer>#<order>', sort: 'STATE' };
      const [a, usual] = [counting(order, 'A', state), counting(order, 'USUAL')];
      const b = counting(order, 'B', { ...state, sort: '<order>' });
      expect(problemsWith({ derive: { a, b, usual } })).to.deep.equal([
        'derivations a and b: both can keep a state at ["STATES#x#x","STATE"]; leave state out of one',
      ]);
      const elsewhere = counting(order, 'B', { ...state, sort: 'STATE B' });
      expect(
        defineTable({ keys: KEYS, rows: { order }, derive: { a, elsewhere, usual } }).model.counts,
      ).to.have.length(3);
    });

    it('such as counts of two kinds that keep their states at the same keys, then a key is named', () => {
      const note = row({ PK: 'NOTES', SK: 'NOTE#<note>' });
      const counting = (kind: RowKind, SK: string, part: string) =>
        counts(kind, {
          by: [],
          at: { PK: 'COUNTS', SK },
          state: { partition: `<${part}>`, sort: 'STATE' },
        });
      const one = row({ PK: 'ORDERS', SK: 'ORDER#<order>' });
      const derive = { a: counting(one, 'A', 'order'), b: counting(note, 'B', 'note') };
      expect(problemsWith({ rows: { one, note }, derive })).to.deep.equal([
        'derivations a and b: both can keep a state at ["x","STATE"]; leave state out of one',
      ]);
    });

    it('such as a row that leads back to itself, then the way is shown', () => {
      const by = ({ key }: { readonly key: { readonly customer: string } }) => ({ customer: key.customer });
      const loop = counts(order, { by, at: { PK: 'CUSTOMER#<customer>', SK: 'ORDER#COUNT' } });
      expect(problemsWith({ derive: { loop } })).to.deep.equal([
        'derivation loop: its rows lead back to order, which they are derived from: order → loop → order; ' +
          'write it at a key that no row order can have, such as one with a # in it, ' +
          "and give the row order parts: { order: { without: '#' } }",
      ]);
    });

    it('such as a pointer among the rows that it points to, then that is a loop', () => {
      const all = row({ PK: 'A#<a>', SK: '<anything>' });
      const derive = { latest: pointer(all, { at: { SK: 'LATEST' }, choose: 'newest', repeat: [] }) };
      expect(problemsWith({ rows: { all }, derive })).to.deep.equal([
        'derivation latest: its rows lead back to all, which they are derived from: all → latest → all; ' +
          'write it at a key that no row all can have, such as one with a # in it, ' +
          "and give the row all parts: { anything: { without: '#' } }",
      ]);
    });

    it('such as rows that lead back over others, then the way is shown once', () => {
      const [a, b] = [row({ PK: 'A', SK: '<a>' }), row({ PK: 'B', SK: '<b>' })];
      const derive = {
        a_to_b: counts(a, { by: ['x'], at: { PK: 'B', SK: '<x>' } }),
        b_to_a: counts(b, { by: ['y'], at: { PK: 'A', SK: '<y>' } }),
      };
      expect(problemsWith({ rows: { a, b }, derive })).to.deep.equal([
        'derivation a_to_b: its rows lead back to a, which they are derived from: a → a_to_b → b → b_to_a → a; ' +
          'write it at a key that no row a can have, such as one with a # in it, ' +
          "and give the row a parts: { a: { without: '#' } }",
      ]);
    });
  });

  it('given all kinds of mistakes, then all are in one message', () => {
    const broken = row({ PK: 'A#<b', SK: 'C' });
    const unused = row({ PK: 'UNUSED', SK: '<a>' });
    const spec = {
      keys: KEYS,
      rows: { order, broken, unused, none: undefined },
      derive: {
        search,
        a: documents(broken, { collection: 'c', fields: [], id: ['b'] } as never),
        b: counts(order, untyped({ by: ['status'], at: { PK: 'S', SK: '<state>' } })),
        c: pointer(order, { at: { SK: 'ORDER#<order>' }, choose: 'keep', repeat: ['PK'] } as never),
        d: counts(order, { by: ['customer'], at: { PK: 'CUSTOMER#<customer>', SK: 'ORDER#1' } }),
      },
    };
    expect(problemsOf(spec)).to.deep.equal([
      'row broken: its key.PK has a < or > that belongs to no part: a part is written <name>, its name of letters, digits and _',
      'row none: it is not made by row(…)',
      'derivation b: its at names <state>, which its by does not give; it gives status',
      'derivation b: its by gives status, which its at does not hold: two tuples would share a count',
      "derivation c: its repeat names PK, which is of the pointer's own key",
      'derivation c: its at.SK must be the same for all, without parts',
      'derivation d: its rows lead back to order, which they are derived from: order → d → order; ' +
        'write it at a key that no row order can have, such as one with a # in it, ' +
        "and give the row order parts: { order: { without: '#' } }",
      "row unused: nothing is derived from it; leave it out, or say so with derives: 'nothing'",
    ]);
  });
});

describe('documents', () => {
  const of = (spec: unknown) => problemsOfDerivation(documents(order, spec as never));
  const with_ = (members: object) => of({ collection: 'orders', fields: ['status'], ...members });

  for (const [what, spec] of [
    ['undefined', undefined],
    ['null', null],
    ['a string', 'orders'],
    ['a Date', new Date(0)],
    ['a function', () => ({})],
  ] as const)
    it(`given ${what} for a specification, then it says so`, () => {
      expect(of(spec)[0]).to.equal(
        `its specification must be an object with collection, id, fields, constants, where, types, and is ${what}`,
      );
    });

  it('given an empty specification, then all that is missing is named', () => {
    expect(of({})).to.deep.equal([
      'its collection must be a name without blanks and slashes, and is undefined',
      'its fields must be an array of names, or a function',
    ]);
  });

  const cases: readonly (readonly [title: string, members: object, problems: readonly string[]])[] = [
    [
      'a collection with a slash',
      { collection: 'a/b' },
      ['its collection must be a name without blanks and slashes, and is "a/b"'],
    ],
    [
      'a collection that is no text',
      { collection: ['orders'] },
      ['its collection must be a name without blanks and slashes, and is an array'],
    ],
    [
      'a misspelt member',
      { field: [] },
      [
        'its specification has field, which is unknown; there are collection, id, fields, constants, where, types',
      ],
    ],
    ['a field for fields', { fields: 'status' }, ['its fields must be an array of names, or a function']],
    ['fields that are no names', { fields: ['status', 5] }, ['its fields must be an array of names']],
    ['a field twice', { fields: ['status', 'status'] }, ['its fields must not name status twice']],
    ['the field id', { fields: ['id'] }, ["its fields name id, which is the document's own"]],
    [
      'a field that is a constant',
      { constants: { status: 'x' } },
      ['its fields name status, which is one of its constants'],
    ],
    [
      'a hostile field',
      { fields: ['__proto__'] },
      ['its fields must not name __proto__, which every object has'],
    ],
    [
      'constants that are none',
      { constants: ['x'] },
      ['its constants must be an object of strings, and are an array'],
    ],
    [
      'a constant that is no text',
      { constants: { a: 5 } },
      ['its constant a must be a string, and is a number'],
    ],
    [
      'a constant named id',
      { constants: { id: 'x' } },
      ["its constants name id, which is the document's own"],
    ],
    [
      'a where that is neither parts nor a function',
      { where: true },
      ['its where must be an object of parts of the key, or a function, and is a boolean'],
    ],
    [
      'a where with a part that there is not, and one that is no text',
      { where: { other: 'x', order: 1 } },
      [
        'its where names other, which is no part of the key; there are customer, order',
        'its where must have a string as order, and has 1',
      ],
    ],
    [
      'an id of a part that there is not',
      { id: ['custmer'] },
      ['its id names <custmer>, which is no part of the key; there are customer, order'],
    ],
    [
      'an id of no parts',
      { id: 'orders' },
      [
        "its id names no part of the key, so that all rows would have the same: a part is written '<customer>'",
      ],
    ],
    [
      'an id that is called like a part',
      { id: 'order' },
      ["its id names no part of the key, so that all rows would have the same: a part is written '<order>'"],
    ],
    ['an empty id', { id: [] }, ['its id is empty']],
    ['an id that is no text', { id: 5 }, ['its id must be a string, and is a number']],
    ['an id of what are no names', { id: [5] }, ['its id must be parts of the key']],
    [
      'an id with parts side by side',
      { id: '<customer><order>' },
      ['its id has two parts with nothing between them, so that nobody could tell where the first ends'],
    ],
    [
      'an id whose parts could be split otherwise',
      { id: '<customer>-<order>' },
      ['its id has "-" between two parts, which can hold that too, so that rows could share an id: use :'],
    ],
  ];
  for (const [title, members, problems] of cases)
    it(`given ${title}, then it says so`, () => {
      expect(with_(members)).to.deep.equal(problems);
    });

  it('given a row whose key has no parts, then it needs an id, which may be any text', () => {
    const one = row({ PK: 'SETTINGS', SK: 'ALL' });
    const problems = (more: object) =>
      problemsOf({
        keys: KEYS,
        rows: { one },
        derive: { d: documents(one, { collection: 'c', fields: [], ...more }) },
      });
    expect(problems({})).to.deep.equal([
      'derivation d: it needs an id, such as the name of what it is, because its key has no parts',
    ]);
    expect(problems({ id: '<one>' })).to.deep.equal([
      'derivation d: its id names <one>, which is no part of the key; there are none',
    ]);
    const d = documents(one, { collection: 'c', fields: [], id: 'settings' });
    const { model } = defineTable({ keys: KEYS, rows: { one }, derive: { d } });
    expect(model.documents[0]?.id).to.deep.equal(['settings']);
  });

  it('given an id as parts or as a template, then the model joins them as it says', () => {
    const idOf = (id?: unknown) =>
      defineTable({
        keys: KEYS,
        rows: { order },
        derive: {
          d: documents(order, { collection: 'c', fields: [], ...(id === undefined ? {} : { id }) } as never),
        },
      }).model.documents[0]?.id;
    expect(idOf()).to.deep.equal([0, ':', 1]);
    expect(idOf(['order'])).to.deep.equal([1]);
    expect(idOf(['order', 'customer'])).to.deep.equal([1, ':', 0]);
    expect(idOf('A/<order>/B')).to.deep.equal(['A/', 1, '/B']);
  });
});

describe('counts', () => {
  const right = { by: ['status'], at: { PK: 'STATUS', SK: '<status>' } };
  const of = (spec: unknown) => problemsOfDerivation(counts(order, spec as never));
  const with_ = (members: object) => of({ ...right, ...members });

  for (const [what, spec] of [
    ['undefined', undefined],
    ['null', null],
    ['a string', 'status'],
    ['a Date', new Date(0)],
  ] as const)
    it(`given ${what} for a specification, then it says so`, () => {
      expect(of(spec)[0]).to.equal(
        `its specification must be an object with by, amount, at, as, state, and is ${what}`,
      );
    });

  it('given an empty specification, then all that is missing is named', () => {
    expect(of({})).to.deep.equal([
      'its at must be an object with PK and SK, and is undefined',
      'its by must be an array of names, or a function',
    ]);
  });

  const cases: readonly (readonly [title: string, members: object, problems: readonly string[]])[] = [
    [
      'a misspelt member',
      { amounts: 'total' },
      ['its specification has amounts, which is unknown; there are by, amount, at, as, state'],
    ],
    ['a name for by', { by: 'status' }, ['its by must be an array of names, or a function']],
    ['a by that is no names', { by: ['status', null] }, ['its by must be an array of names']],
    ['a by with a name twice', { by: ['status', 'status'] }, ['its by must not name status twice']],
    [
      'a by that lacks a part',
      { by: [] },
      ['its at names <status>, which its by does not give; it gives nothing'],
    ],
    [
      'a by that the template does not hold',
      { by: ['status', 'customer'] },
      ['its by gives customer, which its at does not hold: two tuples would share a count'],
    ],
    ['an at that is a text', { at: 'STATUS' }, ['its at must be an object with PK and SK, and is a string']],
    ['an at without an attribute', { at: { PK: 'STATUS#<status>' } }, ['its at has no SK']],
    [
      'an at with another attribute',
      { at: { ...right.at, GSI: 'x' } },
      ['its at has GSI, which is none of PK, SK'],
    ],
    [
      'an at that nobody can read',
      { at: { PK: 'STATUS', SK: '<sta tus>' } },
      [
        'its at.SK has a < or > that belongs to no part: a part is written <name>, its name of letters, digits and _',
      ],
    ],
    [
      'a part twice',
      { at: { PK: 'STATUS#<status>', SK: '<status>' } },
      ['its at names the part <status> twice'],
    ],
    [
      'a part named like an attribute of the key',
      { by: ['PK'], at: { PK: 'STATUS', SK: '<PK>' } },
      [
        "its at names the part <PK>, which its row holds as an attribute, and PK is one of the table's key: call it otherwise in at and by",
      ],
    ],
    [
      'a part named like what Contrail writes',
      { by: ['__edb_e__'], at: { PK: 'STATUS', SK: '<__edb_e__>' } },
      ['its at names the part <__edb_e__>, under which Contrail writes whose its row is'],
    ],
    [
      'an amount that is a number',
      { amount: 1 },
      ['its amount must be the name of an attribute, or a function, and is 1'],
    ],
    [
      'an empty amount',
      { amount: '' },
      ['its amount must be the name of an attribute, or a function, and is ""'],
    ],
    ['an as that is no name', { as: null }, ['its as must be the name of an attribute, and is null']],
    ['an as that is a part', { as: 'status' }, ['its as is status, which its row holds otherwise']],
    ['an as that is of the key', { as: 'SK' }, ['its as is SK, which its row holds otherwise']],
    [
      'an as that Contrail writes',
      { as: '__edb_v__' },
      ['its as is __edb_v__, which its row holds otherwise'],
    ],
    [
      'a state that is a text',
      { state: 'STATE' },
      ['its state must be an object with partition and sort, and is a string'],
    ],
    ['a state without a sort key', { state: { partition: '<customer>#<order>' } }, ['its state has no sort']],
    [
      'a state of other parts',
      { state: { partition: '<customer>#<status>', sort: 'STATE' } },
      [
        "its state names <status>, which is no part of the row's key",
        'its state does not hold <order>: two rows would share it',
      ],
    ],
  ];
  for (const [title, members, problems] of cases)
    it(`given ${title}, then it says so, and not what follows from it`, () => {
      expect(with_(members)).to.deep.equal(problems);
    });

  it('given by and at without parts, then all rows are counted together', () => {
    const all = counts(order, { by: [], at: { PK: 'ORDERS', SK: 'COUNT' } });
    expect(defineTable({ keys: KEYS, rows: { order }, derive: { all } }).model.counts).to.have.lengthOf(1);
  });
});

describe('pointer', () => {
  const right = { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status'] };
  const of = (spec: unknown) => problemsOfDerivation(pointer(order, spec as never));
  const with_ = (members: object) => of({ ...right, ...members });

  for (const [what, spec] of [
    ['undefined', undefined],
    ['null', null],
    ['a string', 'LATEST'],
    ['a Date', new Date(0)],
  ] as const)
    it(`given ${what} for a specification, then it says so`, () => {
      expect(of(spec)[0]).to.equal(
        `its specification must be an object with at, choose, repeat, and is ${what}`,
      );
    });

  it('given an empty specification, then all that is missing is named', () => {
    expect(of({})).to.deep.equal([
      'its choose must be keep or newest, and is undefined',
      'its repeat must be an array of names',
      'its at must be an object with SK, and is undefined',
    ]);
  });

  const cases: readonly (readonly [title: string, members: object, problems: readonly string[]])[] = [
    [
      'a misspelt member',
      { by: 'x' },
      ['its specification has by, which is unknown; there are at, choose, repeat'],
    ],
    ['an at that is a text', { at: 'LATEST' }, ['its at must be an object with SK, and is a string']],
    ['an at without the sort key', { at: {} }, ['its at has no SK']],
    [
      'an at in another partition',
      { at: { PK: 'X', SK: 'LATEST' } },
      ['its at has PK, but it stands in the partition of its rows'],
    ],
    [
      'an at with parts',
      { at: { SK: 'LATEST#<order>' } },
      ['its at.SK must be the same for all, without parts'],
    ],
    ['an at that is empty', { at: { SK: '' } }, ['its at.SK is empty']],
    ['another choice', { choose: ['newest'] }, ['its choose must be keep or newest, and is an array']],
    ['a name for repeat', { repeat: 'status' }, ['its repeat must be an array of names']],
    ['a name twice', { repeat: ['a', 'a'] }, ['its repeat must not name a twice']],
    ['attributes of the key', { repeat: ['SK'] }, ["its repeat names SK, which is of the pointer's own key"]],
    [
      'attributes that Contrail writes',
      { repeat: ['revision', '__edb_e__', '__edb_v__'] },
      ['revision', '__edb_e__', '__edb_v__'].map(
        (name) => `its repeat names ${name}, which Contrail writes in a pointer itself`,
      ),
    ],
    [
      'more attributes than a condition holds',
      { repeat: range(101).map((n) => `a${n}`) },
      ['its repeat names 101 attributes; DynamoDB checks at most 100 of a row at once'],
    ],
  ];
  for (const [title, members, problems] of cases)
    it(`given ${title}, then it says so`, () => {
      expect(with_(members)).to.deep.equal(problems);
    });

  it('given rows of one sort key, then there is nothing to choose from', () => {
    const one = row({ PK: 'A#<a>', SK: 'ONE' });
    expect(problemsWith({ rows: { one }, derive: { d: pointer(one, right as never) } })).to.deep.equal([
      'derivation d: its rows have the same sort key, so that there is nothing to choose from',
    ]);
  });

  it('given rows whose part would be an attribute of its own key, then it says so', () => {
    const odd = row({ PK: 'A#<a>', SK: 'ONE#<SK>' });
    expect(problemsWith({ rows: { odd }, derive: { d: pointer(odd, right as never) } })).to.deep.equal([
      'derivation d: its rows have a part <SK> in their sort key, which it repeats as an attribute, and SK is of its own ' +
        "key: call the part otherwise in the row's template",
    ]);
  });

  it('given rows whose part would be an attribute that Contrail writes, then it says so', () => {
    const draft = row({ PK: 'PAGE#<page>', SK: 'DRAFT#<revision>' });
    expect(problemsWith({ rows: { draft }, derive: { d: pointer(draft, right as never) } })).to.deep.equal([
      'derivation d: its rows have a part <revision> in their sort key, which it repeats as an attribute, and Contrail ' +
        "writes revision in a pointer itself: call the part otherwise in the row's template",
    ]);
  });

  it('given a table without a sort key, then that is what it lacks', () => {
    const user = row({ id: 'USER#<user>' });
    expect(
      problemsOf({
        keys: { partition: 'id' },
        rows: { user },
        derive: { d: pointer(user, { ...right, at: {} } as never) },
      }),
    ).to.deep.equal(['derivation d: it needs a table with a sort key']);
  });

  it('given attributes named like parts, then they are taken from the key', () => {
    const latest = pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status', 'customer'] });
    const [model] = defineTable({ keys: KEYS, rows: { order }, derive: { latest } }).model.pointers;
    expect(model).to.deep.include({
      at: 'LATEST',
      choose: 'newest',
      repeat: ['status'],
      repeatedParts: ['customer', 'order'],
    });
  });
});
