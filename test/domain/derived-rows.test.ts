import { expect } from 'chai';
import { Decimal } from '../../src/domain/decimal.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row as rowKind } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';
import {
  decideRowsMove,
  type DerivedKey,
  derivedFrom,
  type DerivedRow,
  describeKey,
  givingUpFirst,
  nameOfKey,
  originText,
  type RowsModel,
  type RowsMove,
  type RowsState,
  type SourceRow,
  takenFault,
} from '../../src/domain/derived-rows.ts';
import type { TableModel } from '../../src/domain/table-model.ts';
import { type Attributes, type Value, ValueSet } from '../../src/domain/value.ts';
import { attributes, change, decimal, faultOf, version } from '../support/factories.ts';
import { range } from '../support/range.ts';
import { sameState } from '../../src/domain/version.ts';

const order = rowKind({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });

function tableOf(of: (row: never) => unknown, kind: unknown = order): TableModel {
  // What only plain JavaScript can return, no type would let through.
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { order: kind as never },
    derive: { copies: rows(kind as never, { of } as never) },
  }).model;
}

const GIVEN = attributes({ total: decimal('5') });
const IN_WORDS =
  'the function of the derivation copies, called for the order row ["CUSTOMER#ann","ORDER#1"], ';

/** What a function gives for an order of Ann's. */
function derived(of: (row: never) => unknown, after: Attributes = GIVEN): readonly DerivedRow[] {
  const { rows: kinds, derivedRows } = tableOf(of);
  const source = { model: kinds[0]!, parts: ['ann', '1'] };
  return derivedFrom(derivedRows[0]!, { ...change({ row: source, after }), at: 7 }, after);
}

function key(name: string, table?: string): DerivedKey {
  return { table, key: { PK: 'P', SK: name } };
}

function row(name: string, values: Readonly<Record<string, Value>> = {}): DerivedRow {
  return { ...key(name), attributes: values };
}

describe('derivedFrom', () => {
  it('given a function that returns an array, one row, or none, then these are the rows', () => {
    const one = { key: { PK: 'P', SK: 'a' }, attributes: { total: 7 } };
    const found = { ...row('a', { total: decimal('7') }) };
    expect(derived(() => one)).to.deep.equal([found]);
    expect(derived(() => [one, { key: { PK: 'P', SK: 'b' } }])).to.deep.equal([found, row('b')]);
    for (const none of [undefined, null, []]) expect(derived(() => none)).to.deep.equal([]);
  });

  it('given a row and its change, then the function is given key, attributes and what happened', () => {
    let given: unknown;
    derived(({ key: parts, attributes: values, change: what }) => {
      given = { key: parts, attributes: { ...(values as object) }, change: what };
    });
    expect(given).to.deep.equal({
      key: { customer: 'ann', order: '1' },
      attributes: { total: 5 },
      change: { operation: 'INSERT', at: 7, origin: 'user' },
    });
  });

  it('given a row of another table, then its key is as that table has it', () => {
    const [found] = derived(() => ({ table: 'audit', key: { id: 'x' } }));
    expect(found).to.deep.equal({ table: 'audit', key: { id: 'x' }, attributes: {} });
  });

  it('given values of every type, then they are kept, every digit, and what is undefined is left out', () => {
    const exact = Decimal.parse('12345678901234567890.5') as Decimal;
    const given = { exact, big: 10n, set: new Set(['x']), list: [null, { a: true }], none: undefined };
    expect(derived(() => ({ key: { PK: 'P', SK: 'a' }, attributes: given }))[0]?.attributes).to.deep.equal(
      Object.assign(Object.create(null) as object, {
        exact,
        big: decimal('10'),
        set: new ValueSet(['x']),
        list: [null, Object.assign(Object.create(null) as object, { a: true })],
      }),
    );
  });

  it('given 40 rows, then they are derived; one more is too many, whatever their number', () => {
    const given = (count: number) => range(count).map((n) => ({ key: { PK: 'P', SK: `${n}` } }));
    expect(derived(() => given(40))).to.have.length(40);
    for (const count of [41, 1000])
      expect(faultOf(() => derived(() => given(count)))).to.include({
        kind: 'permanent',
        message: `${IN_WORDS}returned more than 40 rows: ${count}`,
        reason: 'the function of the derivation copies returned more than 40 rows',
      });
  });

  it('given the same key in two tables, then these are two rows', () => {
    const same = { key: { PK: 'P', SK: 'a' } };
    expect(derived(() => [same, { ...same, table: 'other' }])).to.have.length(2);
  });

  const at = { PK: 'P', SK: 'a' };
  const refused: readonly [what: string, returned: unknown, problem: string][] = [
    ['a text', 'row', 'returned a string where a row is expected'],
    ['a hole', [undefined], 'returned undefined where a row is expected'],
    ['an object of a class', new Date(), 'returned a Date where a row is expected'],
    ['no key', { attributes: {} }, 'returned a row without a key'],
    [
      'a member that is unknown',
      { key: { PK: 'P', SK: 'a' }, attribute: {} },
      'returned a row with attribute, which is unknown; there are table, key, attributes',
    ],
    ['a key that is a text', { key: 'a' }, 'returned a row without a key'],
    ['a table without a name', { key: at, table: '' }, 'returned a row whose table is no name'],
    ['a table that is no text', { key: at, table: 1 }, 'returned a row whose table is no name'],
    ['a number in a key', { key: { PK: 'P', SK: 1 } }, 'returned a row whose key has no string as SK'],
    [
      'half a character in a key',
      { key: { PK: 'P', SK: '\ud800' } },
      'returned a row whose key has no string as SK',
    ],
    ['nothing in a key', { key: { PK: '', SK: 'a' } }, 'returned a row whose key has an empty PK'],
    ['half a key', { key: { PK: 'P' } }, 'returned a row whose key has not exactly PK and SK'],
    ['another key', { key: { PK: 'P', id: 'a' } }, 'returned a row whose key has not exactly PK and SK'],
    ['more than a key', { key: { ...at, id: 'a' } }, 'returned a row whose key has not exactly PK and SK'],
    [
      'no key of another table',
      { table: 't', key: {} },
      'returned a row whose key has not one or two attributes',
    ],
    [
      'too much of a key of another table',
      { table: 't', key: { a: 'a', b: 'b', c: 'c' } },
      'returned a row whose key has not one or two attributes',
    ],
    [
      '__proto__ in a key',
      { table: 't', key: JSON.parse('{"__proto__":"x"}') as object },
      'returned a row whose key has an attribute named __proto__',
    ],
    ['attributes that are none', { key: at, attributes: [] }, 'returned a row whose attributes are an array'],
    [
      'the key again',
      { key: at, attributes: { SK: 'a' } },
      'returned a row whose attributes have SK, which is not theirs to give',
    ],
    [
      'what it is derived from',
      { key: at, attributes: { derived_from: 'me' } },
      'returned a row whose attributes have derived_from, which is not theirs to give',
    ],
    [
      'what no table can hold',
      { key: at, attributes: { total: Number.NaN } },
      'returned a row of which total is NaN, which no table can hold',
    ],
  ];
  for (const [what, returned, problem] of refused)
    it(`given a function that returns ${what}, then it is a permanent fault that says so`, () => {
      const fault = faultOf(() => derived(() => returned));
      expect([fault.kind, fault.message]).to.deep.equal(['permanent', IN_WORDS + problem]);
      expect(fault.reason).not.to.contain('ann');
    });

  it('given a function that throws, then it is a permanent fault', () => {
    const fault = faultOf(() =>
      derived(() => {
        throw new Error('no');
      }),
    );
    expect(fault.kind).to.equal('permanent');
    expect(fault.message).to.contain('the function of the derivation copies threw for the order row');
  });

  it('given a getter that throws in what is returned, then that is the function’s, too', () => {
    const returned = {
      get key(): never {
        throw new Error('no');
      },
    };
    expect(faultOf(() => derived(() => returned)).message).to.contain('threw for the order row');
  });

  for (const [what, returned, problem] of [
    ['two rows with one key', [{ key: at }, { key: { SK: 'a', PK: 'P' } }], 'two rows with one key'],
    [
      'a row of its own kind',
      { key: { PK: 'CUSTOMER#x', SK: 'ORDER#y' } },
      'from which it is derived itself',
    ],
  ] as const)
    it(`given a function that returns ${what}, then the definition is wrong`, () => {
      const fault = faultOf(() => derived(() => returned));
      expect(fault.kind).to.equal('configuration');
      expect(fault.message).to.contain(problem);
    });

  describe('given a strict kind of row', () => {
    const invoice = rowKind(
      { PK: 'CUSTOMER#<customer>', SK: 'INVOICE#<invoice>' },
      { strict: true, derives: 'nothing', parts: { invoice: { without: '#' } } },
    );
    const giving = (key: Readonly<Record<string, string>>, table?: string) => {
      const { rows: kinds, derivedRows } = defineTable({
        keys: { partition: 'PK', sort: 'SK' },
        rows: { order, invoice },
        derive: {
          copies: rows(order, { of: () => ({ key, ...(table === undefined ? {} : { table }) }) }),
        },
      }).model;
      const source = { model: kinds[0]!, parts: ['ann', '1'] };
      return () => derivedFrom(derivedRows[0]!, change({ row: source, after: GIVEN }), GIVEN);
    };

    for (const [what, SK, wrong] of [
      ['lacks a part', 'INVOICE#', 'SK "INVOICE#" has no invoice'],
      ['has one that is not allowed', 'INVOICE#1#2', 'SK "INVOICE#1#2" names the invoice "1#2"'],
    ] as const)
      it(`when a row has a key of it that ${what}, then the record that derives it is poison`, () => {
        const fault = faultOf(giving({ PK: 'CUSTOMER#ann', SK }));
        expect(fault.kind).to.equal('permanent');
        expect(fault.message).to.contain(
          `${IN_WORDS}returned a row whose key a strict kind of row calls wrong, so that it would block its shard: ${wrong}`,
        );
        expect(fault.reason).not.to.contain('1#2');
      });

    for (const [what, key, table] of [
      ['one of its keys', { PK: 'CUSTOMER#ann', SK: 'INVOICE#1' }, undefined],
      ['such a key in another table', { PK: 'CUSTOMER#ann', SK: 'INVOICE#' }, 'other'],
      ['a key of no kind', { PK: 'CUSTOMER#ann', SK: 'NOTE#' }, undefined],
    ] as const)
      it(`when a row has ${what}, then it is derived`, () => {
        expect(giving(key, table)().map((one) => one.key)).to.deep.equal([key]);
      });
  });

  describe('given a definition that also counts, and points', () => {
    const photo = rowKind(
      { PK: 'ALBUM#<album>', SK: 'PHOTO#<photo>' },
      { parts: { album: { without: '#' } } },
    );
    const giving = (key: Readonly<Record<string, string>>, table?: string) => {
      const { rows: kinds, derivedRows } = defineTable({
        keys: { partition: 'PK', sort: 'SK' },
        rows: { order, photo },
        derive: {
          copies: rows(order, { of: () => ({ key, ...(table === undefined ? {} : { table }) }) }),
          spend: counts(order, { by: () => [], at: { PK: 'SPEND#<customer>', SK: 'TOTAL' } }),
          cover: pointer(photo, { at: { SK: 'COVER' }, choose: 'keep', repeat: [] }),
        },
      }).model;
      const source = { model: kinds[0]!, parts: ['ann', '1'] };
      return () => derivedFrom(derivedRows[0]!, change({ row: source, after: GIVEN }), GIVEN);
    };

    for (const [name, key] of [
      ['spend', { PK: 'SPEND#ann', SK: 'TOTAL' }],
      ['cover', { SK: 'COVER', PK: 'ALBUM#7' }],
    ] as const)
      it(`when a row has a key of ${name}, then the definition is wrong, and both derivations are named`, () => {
        const fault = faultOf(giving(key));
        expect(fault.kind).to.equal('configuration');
        expect(fault.message).to.equal(
          `${IN_WORDS}returned a row whose key is one of those that the derivation ${name} writes: ${JSON.stringify(key)}`,
        );
      });

    for (const [what, key, table] of [
      ['in another table', { PK: 'SPEND#ann', SK: 'TOTAL' }, 'other'],
      ['but for its sort key', { PK: 'SPEND#ann', SK: 'TOTALS' }, undefined],
      ['but for a part that is not allowed', { PK: 'ALBUM#7#8', SK: 'COVER' }, undefined],
    ] as const)
      it(`when a row has such a key ${what}, then it is derived`, () => {
        expect(giving(key, table)()).to.have.length(1);
      });
  });

  it('given attributes that no table can hold, or that throw when they are read, then the reason is the same for all rows', () => {
    const given = (total: object) => () => ({ key: at, attributes: { total } });
    expect(faultOf(() => derived(given([NaN]))).reason).to.equal(
      'the function of the derivation copies returned a row of which total[] is a number that no table can hold',
    );
    const throwing = {
      get total(): never {
        throw new Error('no');
      },
    };
    expect(faultOf(() => derived(given(throwing)))).to.include({
      message: 'the function of the derivation copies threw for the order row ["CUSTOMER#ann","ORDER#1"]: no',
      reason: 'the function of the derivation copies threw',
    });
  });

  it('given a key of which one half is like its own kind’s, then it is no loop', () => {
    for (const [PK, SK] of [
      ['CUSTOMER#x', 'NOTE#y'],
      ['NOTES', 'ORDER#y'],
      ['CUSTOMER#', 'ORDER#y'],
      ['CUSTOMER#x', 'ORDER#'],
    ])
      expect(
        derived(() => ({ key: { PK, SK } })),
        `${PK} ${SK}`,
      ).to.have.length(1);
  });

  it('given a key that rules allow its own kind, then it is a loop', () => {
    const parts = { customer: { without: '#' }, order: ['1'] };
    const ruled = rowKind({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }, { parts });
    const { rows: kinds, derivedRows } = tableOf(() => ({ key: { PK: 'CUSTOMER#x', SK: 'ORDER#1' } }), ruled);
    const source = { model: kinds[0]!, parts: ['ann', '1'] };
    const derive = () => derivedFrom(derivedRows[0]!, change({ row: source, after: GIVEN }), GIVEN);
    expect(faultOf(derive).kind).to.equal('configuration');
  });

  it('given a table without a sort key, then a key has one attribute, and is a loop where it is of its own kind', () => {
    const user = rowKind({ id: 'USER#<user>' });
    const derive = (key: object) => {
      const { rows: kinds, derivedRows } = defineTable({
        keys: { partition: 'id' },
        rows: { user },
        derive: { copies: rows(user, { of: () => ({ key }) as never }) },
      }).model;
      const source = { model: kinds[0]!, parts: ['ann'] };
      return derivedFrom(derivedRows[0]!, change({ row: source, after: GIVEN }), GIVEN);
    };
    expect(derive({ id: 'COPY#x' })).to.deep.equal([
      { table: undefined, key: { id: 'COPY#x' }, attributes: {} },
    ]);
    expect(faultOf(() => derive({ id: 'USER#x' })).kind).to.equal('configuration');
    expect(faultOf(() => derive({ id: 'COPY#x', sort: 'x' })).message).to.match(
      /returned a row whose key has not exactly id$/,
    );
  });

  it('given a key like its own kind’s in another table, or one that a rule rules out, then it is no loop', () => {
    const own = { PK: 'CUSTOMER#x', SK: 'ORDER#y' };
    expect(derived(() => ({ table: 'other', key: own }))).to.have.length(1);
    const ruled = rowKind(
      { PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' },
      { parts: { customer: ['ann'] } },
    );
    const { rows: kinds, derivedRows } = tableOf(() => ({ key: own }), ruled);
    const source = { model: kinds[0]!, parts: ['ann', '1'] };
    expect(derivedFrom(derivedRows[0]!, change({ row: source, after: GIVEN }), GIVEN)).to.have.length(1);
  });
});

describe('decideRowsMove', () => {
  const { rows: kinds, derivedRows } = tableOf(() => undefined);
  const model = derivedRows[0] as RowsModel;
  const source: SourceRow = { model, row: { model: kinds[0]!, parts: ['ann', '1'] } };
  const state = (sequence: number, ...names: string[]): RowsState => ({
    version: version(sequence),
    keys: names.map((name) => key(name)),
    removed: false,
  });
  const at = (sequence: number, operation: 'INSERT' | 'MODIFY' | 'REMOVE' = 'MODIFY') => ({
    version: version(sequence),
    operation,
  });

  it('given rows that are given no more, then they are removed, and those that are given are put', () => {
    const from = state(1, 'a', 'b');
    expect(decideRowsMove(source, from, at(2), [row('b'), row('c')])).to.deep.equal({
      source,
      from,
      to: state(2, 'b', 'c'),
      put: [row('b'), row('c')],
      remove: [key('a')],
    });
  });

  it('given rows that are kept, then none is removed', () => {
    const keeping = { ...source, model: { ...model, keep: true } };
    const move = decideRowsMove(keeping, state(1, 'a'), at(2), [row('b')]);
    expect(move?.remove).to.deep.equal([]);
    expect(move?.to).to.deep.equal(state(2, 'b'));
  });

  it('given a removal, then that is remembered', () => {
    expect(decideRowsMove(source, undefined, at(2, 'REMOVE'), [])?.to).to.deep.equal({
      ...state(2),
      removed: true,
    });
  });

  it('given a state that is as new or newer, then there is nothing to do', () => {
    for (const sequence of [1, 2])
      expect(decideRowsMove(source, state(2), at(sequence), [])).to.equal(undefined);
  });

  it('given states, then they are the same when they are of the same change', () => {
    expect(sameState(undefined, undefined)).to.equal(true);
    expect(sameState(state(1), undefined)).to.equal(false);
    expect(sameState(undefined, state(1))).to.equal(false);
    expect(sameState(state(1, 'a'), state(1))).to.equal(true);
    expect(sameState(state(1), state(2))).to.equal(false);
  });

  const move = (puts: string, removes: string): RowsMove => ({
    source,
    from: undefined,
    to: state(1),
    put: Array.from(puts, (name) => row(name)),
    remove: Array.from(removes, (name) => key(name)),
  });

  it('given moves that hand keys on, then who gives one up comes before who takes it', () => {
    const [a, b, c, other] = [move('x', ''), move('y', 'x'), move('', 'y'), move('z', 'w')] as const;
    expect(givingUpFirst([a, other, b, c])).to.deep.equal([c, b, a, other]);
    expect(givingUpFirst([c, b, a, other])).to.deep.equal([c, b, a, other]);
  });

  it('given a key that goes through as many rows as a batch has, then they come in its order', () => {
    const chain = range(10_000).map((n) => ({
      ...move('', ''),
      put: [row(`${n}`)],
      remove: [key(`${n + 1}`)],
    }));
    const ordered = givingUpFirst(chain.toReversed());
    expect(ordered.every((one, n) => one === chain[n])).to.equal(true);
  });

  it('given moves that exchange keys, then each is there once', () => {
    const [a, b] = [move('x', 'y'), move('y', 'x')] as const;
    expect(givingUpFirst([a, b])).to.have.members([a, b]);
  });

  it('given nothing that is given up, then the order stays', () => {
    const moves = [move('x', ''), move('y', '')];
    expect(givingUpFirst(moves)).to.equal(moves);
  });

  it('given a source, then its text names derivation and row, whatever they hold', () => {
    expect(originText(source)).to.equal('copies 12#CUSTOMER#annORDER#1');
  });
});

describe('keys of derived rows', () => {
  it('given one key whose attributes were read in another order, then its message is the same', () => {
    const key = { table: undefined, key: { SK: 'a/1', PK: 'COPY' } };
    expect(describeKey(key)).to.equal('{"PK":"COPY","SK":"a/1"}');
  });

  it('given the attributes in another order, then it is the same key', () => {
    expect(nameOfKey({ table: undefined, key: { SK: 'a', PK: 'b' } })).to.equal(
      nameOfKey({ table: undefined, key: { PK: 'b', SK: 'a' } }),
    );
  });

  it('given other texts, names or tables, then they are others', () => {
    const keys: DerivedKey[] = [
      key('a'),
      key('b'),
      key('a', 'null'),
      key('a', 't'),
      { table: undefined, key: { PK: 'a', SK: 'P' } },
      { table: undefined, key: { PK: 'P' } },
    ];
    expect(new Set(keys.map(nameOfKey)).size).to.equal(keys.length);
  });

  it('given a key that is taken, then the fault names both, or that others wrote the row', () => {
    const ours = takenFault(key('a', 'audit'), 'copies x', 'names y');
    expect(ours).to.include({
      kind: 'configuration',
      message:
        '"copies x" gives the row {"PK":"P","SK":"a"} in table audit, which "names y" gives too: each derived row must have one source',
      reason: 'two rows give the same derived row',
    });
    expect(takenFault(key('a'), 'copies x', undefined)).to.include({
      message:
        '"copies x" gives the row {"PK":"P","SK":"a"}, where something other than Contrail wrote one: delete that, or give another key',
      reason: 'a derived row has the key of a row that others wrote',
    });
  });
});
