import { expect } from 'chai';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import { faultOf } from '../../support/factories.ts';

const KEYS = { partition: 'PK', sort: 'SK' };
const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
const of = () => undefined;

function modelOf(spec: Parameters<typeof rows>[1]) {
  const { model } = defineTable({ keys: KEYS, rows: { order }, derive: { copies: rows(order, spec) } });
  return model.derivedRows[0];
}

/** What is wrong with a specification. */
function problemsOf(spec: unknown): readonly string[] {
  const derive = { copies: rows(order, spec as never) };
  const { message } = faultOf(() => defineTable({ keys: KEYS, rows: { order }, derive }));
  const [, ...problems] = message.split('\n- derivation copies: ');
  return problems;
}

describe('rows of a definition', () => {
  it('given only a function, then rows are derived after every change, and do not stay', () => {
    const { rowOf, ...model } = modelOf({ of }) ?? {};
    expect(rowOf?.('CUSTOMER#1', 'ORDER#2')).to.deep.include({ parts: ['1', '2'] });
    expect(model).to.deep.equal({
      name: 'copies',
      of: { name: 'the function of the derivation copies', run: of },
      on: undefined,
      keep: false,
      keys: { ...KEYS, partitionType: 'S', sortType: 'S' },
      written: [],
    });
  });

  it('given operations, and that rows stay, then the model says so', () => {
    expect(modelOf({ of, on: ['INSERT', 'REMOVE'], keep: true })).to.include({ keep: true });
    expect(modelOf({ of, on: ['INSERT', 'REMOVE'] })?.on).to.deep.equal(['INSERT', 'REMOVE']);
  });

  it('given a kind of row, then its model and the table’s have the derivation', () => {
    const { model } = defineTable({
      keys: KEYS,
      rows: { order },
      derive: { a: rows(order, { of }), b: rows(order, { of }) },
    });
    expect(model.derivedRows.map(({ name }) => name)).to.deep.equal(['a', 'b']);
    expect(model.rows[0]?.derivedRows).to.deep.equal(model.derivedRows);
  });

  it('given that nothing else is derived from a row, then it is used', () => {
    expect(modelOf({ of })?.name).to.equal('copies');
  });

  const wrong: readonly [what: string, spec: unknown, problems: readonly string[]][] = [
    [
      'none',
      undefined,
      [
        'its specification must be an object with of, on, keep, and is undefined',
        'its of must be a function, and is undefined',
      ],
    ],
    ['no function', {}, ['its of must be a function, and is undefined']],
    ['names instead of a function', { of: ['total'] }, ['its of must be a function, and is an array']],
    [
      'a misspelt member',
      { of, kepe: true },
      ['its specification has kepe, which is unknown; there are of, on, keep'],
    ],
    ['keep that is neither', { of, keep: 'yes' }, ['its keep must be true or false, and is "yes"']],
    ['keep that is null', { of, keep: null }, ['its keep must be true or false, and is null']],
    [
      'one operation',
      { of, on: 'INSERT' },
      ['its on must be an array of INSERT, MODIFY, REMOVE, and is "INSERT"'],
    ],
    [
      'no operation',
      { of, on: [] },
      ['its on must be an array of INSERT, MODIFY, REMOVE, and is an empty array'],
    ],
    [
      'an unknown operation',
      { of, on: ['INSERT', 'insert'] },
      ['its on must be an array of INSERT, MODIFY, REMOVE, and has "insert"'],
    ],
    [
      'an operation twice',
      { of, on: ['INSERT', 'MODIFY', 'INSERT'] },
      ['its on must be an array of INSERT, MODIFY, REMOVE, and has "INSERT" twice'],
    ],
    [
      'several wrong members',
      { of: 1, on: null, keep: 0 },
      [
        'its of must be a function, and is 1',
        'its keep must be true or false, and is 0',
        'its on must be an array of INSERT, MODIFY, REMOVE, and is null',
      ],
    ],
  ];
  for (const [what, spec, problems] of wrong)
    it(`given a specification with ${what}, then the definition is refused, and says all that is wrong`, () => {
      expect(problemsOf(spec)).to.deep.equal(problems);
    });

  it('given a row that is not among those of the table, then the definition is refused', () => {
    const other = row({ PK: 'OTHER', SK: '<other>' });
    const { message } = faultOf(() =>
      defineTable({ keys: KEYS, rows: { order }, derive: { copies: rows(other, { of }) } }),
    );
    expect(message).to.contain('derivation copies: its row is not among the rows of the table');
  });
});
