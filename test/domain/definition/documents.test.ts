import { expect } from 'chai';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { row, type RowKind } from '../../../src/domain/definition/row.ts';
import { faultOf } from '../../support/factories.ts';

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });

/** A table whose orders have documents; by a specification that no type checks. */
function tableWith(members: object, of: RowKind = order) {
  const spec = { collection: 'orders', fields: ['status'], ...members };
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { order: of },
    derive: { search: documents(of, spec as never) },
  }).model;
}

function problemsOf(...given: Parameters<typeof tableWith>): readonly string[] {
  const [, ...problems] = faultOf(() => tableWith(...given)).message.split('\n- ');
  return problems.map((problem) => problem.replace('derivation search: ', ''));
}

describe('documents of a definition', () => {
  it('given names, then all rows have documents of those fields alone', () => {
    expect(tableWith({}).documents).to.deep.equal([
      {
        name: 'search',
        collection: 'orders',
        id: [0, ':', 1],
        fields: ['status'],
        constants: {},
        wanted: [],
        where: undefined,
        types: undefined,
      },
    ]);
  });

  it('given constants, and parts of the key for where, then the model has them, parts by their places', () => {
    const where = { order: '1', customer: 'ann' };
    expect(tableWith({ constants: { kind: 'order' }, where }).documents[0]).to.deep.include({
      constants: { kind: 'order' },
      wanted: [
        { place: 1, value: '1' },
        { place: 0, value: 'ann' },
      ],
    });
  });

  it('given functions, then messages call them by member and derivation', () => {
    const [fields, where] = [() => ({}), () => true];
    expect(tableWith({ fields, where }).documents[0]).to.deep.include({
      fields: { name: 'fields of the derivation search', run: fields },
      where: { name: 'where of the derivation search', run: where },
      wanted: [],
    });
  });

  it('given a where with an empty text, which no part holds, then it says so', () => {
    expect(problemsOf({ where: { order: '' } })).to.deep.equal([
      'its where must have a string as order, and has ""',
    ]);
  });

  it('given a row whose key cannot be read, then nothing is said of what names its parts', () => {
    const broken = row({ PK: '', SK: 'ORDER#<order>' });
    expect(problemsOf({ where: { customer: 'ann' }, id: ['customer'] }, broken)).to.deep.equal([
      'row order: its key.PK is empty',
    ]);
  });

  it('given two parts with a literal between them, then only what no part can hold, encoded, is accepted', () => {
    for (const literal of ['-', '_', '.', '~', '!', "'", '()', '*', '%', 'and', '%3A7'])
      expect(problemsOf({ id: `<customer>${literal}<order>` }), literal).to.deep.equal([
        `its id has ${JSON.stringify(literal)} between two parts, which can hold that too, so that rows could share an id: use :`,
      ]);
    for (const literal of [':', '/', '#', ' ', 'a:', ':a', 'é'])
      expect(tableWith({ id: `<customer>${literal}<order>` }).documents, literal).to.have.lengthOf(1);
  });

  it('given documents of two rows that only a character tells apart that no part can hold, then nothing is wrong', () => {
    const note = row({ PK: 'NOTES', SK: 'NOTE#<note>' });
    const one = documents(note, { collection: 'c', fields: [] });
    for (const character of ':/?#[]@$&+,;=|{}^` "\\') {
      const other = documents(order, { collection: 'c', fields: [], id: `A${character}<order>` });
      const spec = { keys: { partition: 'PK', sort: 'SK' }, rows: { note, order }, derive: { one, other } };
      expect(defineTable(spec as never).model.documents, character).to.have.lengthOf(2);
    }
  });
});
