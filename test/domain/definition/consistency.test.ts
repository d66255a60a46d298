import { expect } from 'chai';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row, type RowKind } from '../../../src/domain/definition/row.ts';
import { faultOf } from '../../support/factories.ts';

const KEYS = { partition: 'PK', sort: 'SK' };

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
const search = documents(order, { collection: 'orders', fields: ['status'] });

const tableOf = (members: object) => defineTable({ keys: KEYS, ...members } as never).model;

function problemsOf(members: object): readonly string[] {
  return faultOf(() => tableOf(members))
    .message.split('\n- ')
    .slice(1);
}

/** Counts of a kind of row, in another partition. */
function chain(from: RowKind, PK: string, prefix = '') {
  return counts(from, { by: ['x'], at: { PK, SK: `${prefix}<x>` } });
}

describe('rows of derived rows', () => {
  const kindIn = (PK: string): RowKind => row({ PK, SK: '<x>' });
  const [a, b, c] = [kindIn('A'), kindIn('B'), kindIn('C')];
  const last = documents(b, { collection: 'b', fields: [] });

  it('given rows that lead to others, and those to others again, then that is no loop', () => {
    const derive = { c_to_a: chain(c, 'A'), a_to_b: chain(a, 'B'), last };
    expect(
      tableOf({ rows: { a, b, c }, derive }).rows.map(({ name, derivedBy }) => [name, derivedBy]),
    ).to.deep.equal([
      ['a', undefined],
      ['b', undefined],
      ['c', undefined],
      ['c_to_a', 'counts'],
      ['a_to_b', 'counts'],
    ]);
  });

  it('given rows that lead into a loop of others, then the loop alone is said', () => {
    const both = row({ PK: 'B', SK: '<way>#<x>' });
    const derive = { a_to_b: chain(a, 'B', '1#'), b_to_c: chain(both, 'C'), c_to_b: chain(c, 'B', '2#') };
    expect(problemsOf({ rows: { a, b: both, c }, derive })).to.deep.equal([
      'derivation b_to_c: its rows lead back to b, which they are derived from: b → b_to_c → c → c_to_b → b; ' +
        'write it at a key that no row b can have, such as one with a # in it, ' +
        "and give the row b parts: { x: { without: '#' } }",
    ]);
  });

  it('given a pointer, then its row is one of the table’s', () => {
    const latest = pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: [] });
    const [, derived] = tableOf({ rows: { order }, derive: { latest } }).rows;
    expect(derived).to.include({ name: 'latest', derivedBy: 'pointer' });
  });
});

describe('what follows from a mistake', () => {
  it('given derivations that cannot be read, then it is not said that nothing is derived', () => {
    expect(problemsOf({ rows: { order }, derive: undefined })).to.deep.equal([
      'derive must be an object of derivations by their names, and is undefined',
    ]);
  });

  it('given rows that cannot be read, then it is not said of derivations that theirs is not among them', () => {
    expect(problemsOf({ rows: [order], derive: { search } })).to.deep.equal([
      'rows must be an object of kinds of rows by their names, and is an array',
    ]);
  });

  it('given documents that are wrong otherwise, then it is not said that they share their ids', () => {
    const wrong = documents(order, { collection: 'orders', fields: 5 } as never);
    expect(problemsOf({ rows: { order }, derive: { search, wrong } })).to.deep.equal([
      'derivation wrong: its fields must be an array of names, or a function',
    ]);
  });

  it('given counts that are wrong otherwise, then it is not said that they share their row', () => {
    const right = { by: ['status'], at: { PK: 'STATUS', SK: '<status>' } };
    const derive = {
      one: counts(order, right as never),
      other: counts(order, { ...right, amount: 5 } as never),
    };
    expect(problemsOf({ rows: { order }, derive })).to.deep.equal([
      'derivation other: its amount must be the name of an attribute, or a function, and is 5',
    ]);
  });

  it('given a derivation of a row that is none, then both mistakes are said', () => {
    const derive = { search, other: documents(row({ PK: 'X', SK: 'Y' }), { collection: 'c', fields: [] }) };
    expect(problemsOf({ rows: { none: undefined, order }, derive })).to.deep.equal([
      'row none: it is not made by row(…)',
      'derivation other: its row is not among the rows of the table',
    ]);
  });

  it('given a derivation named like one of several rows, or like one that cannot be read, then that is a name used twice', () => {
    const other = row({ PK: 'OTHER', SK: 'X' }, { derives: 'nothing' });
    expect(problemsOf({ rows: { order, other }, derive: { other: search } })).to.deep.equal([
      'derivation other: a kind of row has its name',
    ]);
    expect(problemsOf({ rows: { order, none: undefined }, derive: { none: search } })).to.deep.equal([
      'row none: it is not made by row(…)',
      'derivation none: a kind of row has its name',
    ]);
  });
});
