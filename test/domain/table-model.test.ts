import { expect } from 'chai';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { effect } from '../../src/domain/definition/effect.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row, type RowKind } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';

/** A table with these kinds of rows, each with a collection of its own. */
function tableOf(kinds: Readonly<Record<string, RowKind>>) {
  const derive = Object.entries(kinds).map(
    ([name, kind]) =>
      [
        `${name}_search`,
        documents(kind, { collection: name, fields: ['x'], ...(name === 'fixed' ? { id: name } : {}) }),
      ] as const,
  );
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: kinds,
    derive: Object.fromEntries(derive),
  }).model;
}

/** What a table takes a key for: a row's name and parts, or why it is wrong. */
function found(table: ReturnType<typeof tableOf>, partition: string, sort: string): unknown {
  const of = table.rowOf(partition, sort);
  return of !== undefined && 'model' in of ? [of.model.name, ...of.parts] : of;
}

describe('TableModel.rowOf', () => {
  const lax = tableOf({
    order: row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }),
  });
  const strict = tableOf({
    order: row(
      { PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' },
      { strict: true, parts: { customer: ['7', '8', '9'], order: { without: '#' } } },
    ),
  });

  it('given a key, then the row is known with its parts, and others are not', () => {
    expect(found(lax, 'CUSTOMER#7', 'ORDER#9')).to.deep.equal(['order', '7', '9']);
    for (const [partition, sort] of [
      ['CUSTOMER#7', 'PROFILE'],
      ['X', 'ORDER#9'],
      ['', ''],
    ] as const) {
      expect(found(lax, partition, sort)).to.equal(undefined);
      expect(found(strict, partition, sort)).to.equal(undefined);
    }
  });

  it('given a key that begins like a row’s but is wrong, then it is some other row, unless the kind is strict', () => {
    expect(found(lax, 'CUSTOMER#7', 'ORDER#')).to.equal(undefined);
    expect(found(lax, 'CUSTOMER#', 'ORDER#9')).to.equal(undefined);
    expect(found(strict, 'CUSTOMER#7', 'ORDER#')).to.deep.equal({
      malformed: 'SK "ORDER#" has no order; expected ORDER#<order>',
      reason: 'SK has no order; expected ORDER#<order>',
    });
  });

  it('given a part that is not allowed, then it says which, and what would be', () => {
    expect(found(strict, 'CUSTOMER#6', 'ORDER#9')).to.deep.equal({
      malformed: 'PK "CUSTOMER#6" names the customer "6"; expected 7, 8 or 9',
      reason: 'PK names an unknown customer; expected 7, 8 or 9',
    });
    expect(found(strict, 'CUSTOMER#7', 'ORDER#9#1')).to.deep.equal({
      malformed: 'SK "ORDER#9#1" names the order "9#1"; expected one without "#"',
      reason: 'SK names an unknown order; expected one without "#"',
    });
    expect(found(strict, 'CUSTOMER#7', 'ORDER#9')).to.deep.equal(['order', '7', '9']);
  });

  it('given a part whose name has several words, then they are said as words', () => {
    const table = tableOf({
      order: row({ PK: 'A', SK: '<order_line_id>' }, { strict: true, parts: { order_line_id: ['1'] } }),
    });
    expect(found(table, 'A', '2')).to.have.property(
      'reason',
      'SK names an unknown order line id; expected 1',
    );
  });

  it('given a wrong key of a strict kind that is right for another, then it is the other’s', () => {
    const table = tableOf({
      one: row({ PK: 'A', SK: 'X#<n>' }, { strict: true, parts: { n: ['1'] } }),
      other: row({ PK: 'A', SK: 'X#<n>' }, { parts: { n: ['2'] } }),
    });
    expect(found(table, 'A', 'X#2')).to.deep.equal(['other', '2']);
    expect(found(table, 'A', 'X#3')).to.have.property('reason', 'SK names an unknown n; expected 1');
  });

  it('given a partition with a fixed key, and another kind whose parts match it too, then both are found there', () => {
    const table = tableOf({
      fixed: row({ PK: 'A#1', SK: 'X' }),
      parts: row({ PK: 'A#<a>', SK: 'Y' }),
    });
    expect(found(table, 'A#1', 'X')).to.deep.equal(['fixed']);
    expect(found(table, 'A#1', 'Y')).to.deep.equal(['parts', '1']);
    expect(found(table, 'A#2', 'Y')).to.deep.equal(['parts', '2']);
  });

  it('given a partition with a fixed key, and another kind that is strict, then what begins like that kind’s is poison there too', () => {
    const table = tableOf({
      fixed: row({ PK: 'A#', SK: 'X' }),
      parts: row({ PK: 'A#<a>', SK: 'Y#<b>' }, { strict: true }),
    });
    expect(found(table, 'A#', 'X')).to.deep.equal(['fixed']);
    expect(found(table, 'A#', 'Y#1')).to.have.property('reason', 'PK has no a; expected A#<a>');
    expect(found(table, 'A#', 'Z')).to.equal(undefined);
  });

  it('given rows that are derived and of a declared kind, then the declared kind goes first; other derived rows are known', () => {
    const order = row({ PK: 'ORDERS', SK: '<order>' });
    const red = row({ PK: 'COLOURS', SK: 'red' });
    const { model } = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: { order, red },
      derive: {
        colours: counts(order, { by: ['colour'], at: { PK: 'COLOURS', SK: '<colour>' } }),
        red_search: documents(red, { collection: 'red', id: 'red', fields: ['count'] }),
      },
    });
    expect(found(model, 'COLOURS', 'red')).to.deep.equal(['red']);
    expect(found(model, 'COLOURS', 'blue')).to.deep.equal(['colours', 'blue']);
  });
});

describe('TableModel', () => {
  it('given derivations of all kinds, of two rows, then it lists those of each kind in their order', () => {
    const kinds: Readonly<Record<string, RowKind>> = {
      a: row({ PK: 'A', SK: 'ROW#<x>' }),
      b: row({ PK: 'B', SK: 'ROW#<x>' }),
    };
    const derive = Object.entries(kinds).flatMap(([name, kind]) => [
      [`${name}_documents`, documents(kind, { collection: name, fields: [] })],
      [`${name}_counts`, counts(kind, { by: ['x'], at: { PK: `COUNTS#${name}`, SK: '<x>' } })],
      [`${name}_pointers`, pointer(kind, { at: { SK: 'LATEST' }, choose: 'newest', repeat: [] })],
      [`${name}_derivedRows`, rows(kind, { of: () => undefined })],
      [`${name}_effects`, effect(kind, { run: () => undefined })],
    ]);
    const { model } = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: kinds,
      derive: Object.fromEntries(derive) as never,
    });
    for (const what of ['documents', 'counts', 'pointers', 'derivedRows', 'effects'] as const)
      expect(model[what].map(({ name }) => name)).to.deep.equal([`a_${what}`, `b_${what}`]);
  });
});
