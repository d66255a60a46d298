import { expect } from 'chai';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { row, type RowKind } from '../../../src/domain/definition/row.ts';
import { faultOf } from '../../support/factories.ts';

const KEYS = { partition: 'PK', sort: 'SK' };
const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
const at = { PK: 'STATUS', SK: '<status>' };

/** A table whose orders are counted; by a specification that no type checks. */
function tableWith(spec: object, of: RowKind = order, keys: { partition: string } = KEYS) {
  return defineTable({
    keys,
    rows: { order: of },
    derive: { by_status: counts(of, spec as never) },
  }).model;
}

function modelOf(spec: object) {
  const [model] = tableWith(spec).counts;
  if (model === undefined) throw new Error('nothing is counted');
  return model;
}

function problemsOf(...given: Parameters<typeof tableWith>): readonly string[] {
  const [, ...problems] = faultOf(() => tableWith(...given)).message.split('\n- ');
  return problems.map((problem) => problem.replace('derivation by_status: ', ''));
}

describe('counts of a definition', () => {
  it('given names and a key, then each row counts one, in count', () => {
    const { partition, sort, ...others } = modelOf({ by: ['status'], at });
    expect([partition.text, sort?.text]).to.deep.equal(['STATUS', '<status>']);
    expect(others).to.deep.equal({
      name: 'by_status',
      by: ['status'],
      amount: undefined,
      as: 'count',
      state: undefined,
      typed: [],
    });
  });

  it('given an attribute to add up, and one for the sum, then the model names them', () => {
    expect(modelOf({ by: ['status'], at, amount: 'total', as: 'sum' })).to.include({
      amount: 'total',
      as: 'sum',
    });
  });

  it('given functions, then messages call them by member and derivation', () => {
    const [by, amount] = [() => undefined, () => 5];
    expect(modelOf({ by, at, amount })).to.deep.include({
      by: { name: 'by of the derivation by_status', run: by },
      amount: { name: 'amount of the derivation by_status', run: amount },
    });
  });

  it('given where states are kept, then the model has the templates', () => {
    const { state } = modelOf({
      by: ['status'],
      at,
      state: { partition: 'STATE#<customer>', sort: '<order>' },
    });
    expect([state?.partition.text, state?.sort.text]).to.deep.equal(['STATE#<customer>', '<order>']);
  });

  it('given a part or an attribute named rows, then it is free where nothing is added up', () => {
    expect(modelOf({ by: ['rows'], at: { PK: 'ROWS', SK: '<rows>' } }).by).to.deep.equal(['rows']);
    expect(modelOf({ by: ['status'], at, as: 'rows' }).as).to.equal('rows');
  });

  const WRONG: Readonly<Record<string, readonly [members: object, ...problems: string[]]>> = {
    'a part named rows beside an amount': [
      { by: ['rows'], at: { PK: 'ROWS', SK: '<rows>' }, amount: 'total' },
      'its at names the part <rows>, under which its row holds how many rows are added up',
    ],
    'an as named rows beside an amount': [
      { amount: 'total', as: 'rows' },
      'its as is rows, which its row holds otherwise',
    ],
    'an as that Contrail writes itself': [
      { as: '__edb_e__' },
      'its as is __edb_e__, which its row holds otherwise',
    ],
    'another as that Contrail writes itself': [
      { as: '__edb_v__' },
      'its as is __edb_v__, which its row holds otherwise',
    ],
    'an as that is empty': [{ as: '' }, 'its as must be the name of an attribute, and is ""'],
    'an as that every object has': [
      { as: '__proto__' },
      'its as must be the name of an attribute, and is "__proto__"',
    ],
    'an at of other names than by': [
      { by: ['a', 'b'] },
      'its at names <status>, which its by does not give; it gives a, b',
      'its by gives a, which its at does not hold: two tuples would share a count',
      'its by gives b, which its at does not hold: two tuples would share a count',
    ],
    'an at without a partition key, and a by of more': [
      { by: ['status', 'customer'], at: { SK: '<status>' } },
      'its at has no PK',
    ],
    'a state without a sort key, and of fewer parts': [
      { state: { partition: '<customer>' } },
      'its state has no sort',
    ],
    'a state without a partition key, and of fewer parts': [
      { state: { sort: '<customer>' } },
      'its state has no partition',
    ],
  };
  for (const [what, [members, ...problems]] of Object.entries(WRONG))
    it(`given ${what}, then that is said, and not what follows from it`, () => {
      expect(problemsOf({ by: ['status'], at, ...members })).to.deep.equal(problems);
    });

  it('given a table without a sort key, then the partition key must hold all that by gives', () => {
    const user = row({ id: 'USER#<user>' });
    const keys = { partition: 'id' };
    const model = tableWith({ by: ['status'], at: { id: 'STATUS#<status>' } }, user, keys).counts[0];
    expect([model?.partition.text, model?.sort]).to.deep.equal(['STATUS#<status>', undefined]);
    expect(problemsOf({ by: ['status', 'city'], at: { id: 'STATUS#<status>' } }, user, keys)).to.deep.equal([
      'its by gives city, which its at does not hold: two tuples would share a count',
    ]);
  });

  it('given a row whose key cannot be read, then nothing is said of a state that holds its parts', () => {
    const broken = row({ PK: '', SK: 'ORDER#<order>' });
    const state = { partition: '<order>', sort: 'STATE' };
    expect(problemsOf({ by: ['status'], at, state }, broken)).to.deep.equal([
      'row order: its key.PK is empty',
    ]);
  });
});
