import { expect } from 'chai';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row, type RowKind } from '../../../src/domain/definition/row.ts';
import type { Row } from '../../../src/domain/row.ts';
import { faultOf } from '../../support/factories.ts';

const keys = { partition: 'PK', sort: 'SK' } as const;
const ANY = { PK: '<pk>', SK: '<sk>' } as const;

/** A table of these kinds of rows, each with documents of its own. */
function tableOf(rows: Readonly<Record<string, RowKind>>, more: object = {}) {
  const search = Object.entries(rows).map(
    ([name, kind]) => [`${name}_search`, documents(kind, { collection: name, fields: [] })] as const,
  );
  return defineTable({ keys, rows, derive: { ...Object.fromEntries(search), ...more } });
}

function problemsOf(rows: Readonly<Record<string, RowKind>>, more?: object): readonly string[] {
  return faultOf(() => tableOf(rows, more))
    .message.split('\n- ')
    .slice(1);
}

/** A kind of row with any key, told by what only plain JavaScript can pass. */
const told = (when: unknown): RowKind => row(ANY, { when } as never);

describe('when, of a kind of row', () => {
  const cases: readonly (readonly [when: unknown, problem: string])[] = [
    ['Order', 'its when must be an object of texts by the names of attributes, and is a string'],
    [['_et'], 'its when must be an object of texts by the names of attributes, and is an array'],
    [null, 'its when must be an object of texts by the names of attributes, and is null'],
    [{}, 'its when must be an object of texts by the names of attributes, and is an empty object'],
    [{ '': 'x' }, 'its when names "", which is no attribute'],
    [{ ['__proto__']: 'x' }, 'its when names "__proto__", which is no attribute'],
    [{ SK: 'x' }, "its when names SK, which is of the table's key: its template says that"],
    [{ _et: 5 }, 'its when._et must be a text, or an array of texts, and is 5'],
    [{ _et: '' }, 'its when._et must be a text, or an array of texts, and is ""'],
    [{ _et: '\ud800' }, 'its when._et must be a text, or an array of texts, and is "\\ud800"'],
    [{ _et: undefined }, 'its when._et must be a text, or an array of texts, and is undefined'],
    [{ _et: [] }, 'its when._et must be a text, or an array of texts, and is an empty array'],
    [{ _et: ['a', 'a', ''] }, 'its when._et must be a text, or an array of texts, and has ""'],
    [{ _et: ['a', 'b', 'a'] }, 'its when._et must be a text, or an array of texts, and has "a" twice'],
    [{ _et: ['a', true] }, 'its when._et must be a text, or an array of texts, and has a boolean'],
    [{ _et: ['a', '\ud800'] }, 'its when._et must be a text, or an array of texts, and has "\\ud800"'],
  ];
  for (const [when, problem] of cases)
    it(`given ${JSON.stringify(when)}, then it is refused`, () => {
      expect(problemsOf({ r: told(when) })).to.deep.equal([`row r: ${problem}`]);
    });

  it('given several that are wrong, then each is said, and not what follows from it', () => {
    expect(problemsOf({ r: told({ PK: 5, a: '', b: 'right' }) })).to.have.lengthOf(3);
    expect(problemsOf({ r: told({ _et: 5 }), other: told({ _et: 'B' }) })).to.have.lengthOf(1);
  });

  it('given one or several values, then with() keeps them', () => {
    const kind = row(ANY, { when: { _et: 'Order', version: ['1', '2'] } }).with<{ total: number }>();
    expect(tableOf({ kind: kind }).model.rows[0]?.when).to.deep.equal([
      { name: '_et', values: ['Order'] },
      { name: 'version', values: ['1', '2'] },
    ]);
  });

  describe('given kinds that have a key in common', () => {
    const a = told({ _et: ['A', 'a'], version: '1' });
    const shared = (one: string, other: string) =>
      `rows ${one} and ${other}: both match the key ["x","x"]; give both a when, with different values of one ` +
      'attribute, or make one kind of them: no rule for one part of each keeps their keys apart';

    for (const [title, b] of [
      ['values of one attribute', { _et: 'B' }],
      ['values of one of several attributes', { _et: 'A', version: ['2', '3'] }],
    ] as const)
      it(`with different ${title}, then nothing is wrong`, () => {
        expect(tableOf({ a, b: told(b) }).model.rows).to.have.lengthOf(2);
      });

    for (const [title, b] of [
      ['a value in common', { _et: ['B', 'a'] }],
      ['values of different attributes', { _type: 'B' }],
      ['no when', undefined],
    ] as const)
      it(`with ${title}, then they are refused`, () => {
        expect(problemsOf({ a, b: told(b) })).to.deep.equal([shared('a', 'b')]);
        expect(problemsOf({ b: told(b), a })).to.deep.equal([shared('b', 'a')]);
      });

    it('with documents in one collection, then they are refused: of two versions of a row, either could win', () => {
      const [b, also] = [told({ _et: 'B' }), { collection: 'all', fields: [] }];
      expect(problemsOf({ a, b }, { x: documents(a, also), y: documents(b, also) })).to.deep.equal([
        'derivations x and y: both can give the id "x:x" in the collection all',
      ]);
      const apart = { x: documents(a, { ...also, id: 'A/<pk>/<sk>' }), y: documents(b, also) };
      expect(tableOf({ a, b }, apart).model.documents).to.have.lengthOf(4);
    });
  });

  describe('given a derived row at a key that a row of a kind can have', () => {
    const pointing = (of: RowKind, SK: string) =>
      pointer(of, { at: { SK }, choose: 'newest', repeat: ['_et'] } as never);
    const counting = (of: RowKind, PK: string, SK: string) => counts(of, { by: ['x'], at: { PK, SK } });
    const overwrites = (name: string, key: string, kind: string, remedy: string) =>
      `derivation ${name}: its row can have the key ${key} of a row ${kind}, which it would overwrite; ${remedy}`;
    const order = told({ _et: 'Order' });

    it('of its source, then it is refused, whatever the row says beside its key', () => {
      for (const kind of [order, told({ __edb_e__: 'total' }), told({ __edb_v__: '2' })]) {
        const remedy = "give the row kind parts: { PK: { without: '#' } }".replace('PK', 'pk');
        expect(problemsOf({ kind }, { total: counting(kind, 'COUNTS#<x>', 'ALL') })).to.deep.equal([
          overwrites('total', '["COUNTS#x","ALL"]', 'kind', remedy),
        ]);
        expect(problemsOf({ kind }, { last: pointing(kind, '~LAST') })).to.deep.equal([
          overwrites('last', '["x","~LAST"]', 'kind', "give the row kind parts: { sk: { without: '~' } }"),
        ]);
      }
    });

    it('of its source alone, where no character tells them apart, then it is to be written elsewhere', () => {
      const kind = row({ PK: 'A#<a>', SK: 'B#<b>' }, { when: { t: 'X' } });
      const remedy =
        'write it at a key that no row kind can have, such as one with a # in it, ' +
        "and give the row kind parts: { b: { without: '#' } }";
      expect(problemsOf({ kind }, { total: counting(kind, 'A#<x>', 'B#1') })).to.deep.equal([
        overwrites('total', '["A#x","B#1"]', 'kind', remedy),
      ]);
      expect(problemsOf({ kind }, { last: pointing(kind, 'B#1') })).to.deep.equal([
        overwrites('last', '["A#x","B#1"]', 'kind', remedy),
      ]);
    });

    it('of another kind, then it is refused, of whichever kind its source is', () => {
      const note = row(ANY, { when: { _et: 'Note' }, parts: { sk: { without: '~' } } });
      const user = row({ PK: 'USER', SK: '<user>' }, { when: { _et: 'User' } });
      expect(problemsOf({ order, note }, { last: pointing(note, '~LAST') })).to.deep.equal([
        overwrites('last', '["x","~LAST"]', 'order', "give the row order parts: { sk: { without: '~' } }"),
      ]);
      const plain = row({ PK: 'P', SK: '<p>' });
      expect(problemsOf({ user, plain }, { total: counting(plain, 'USER', '<x>') })).to.deep.equal([
        overwrites(
          'total',
          '["USER","x"]',
          'user',
          'write it at a key that no row user can have, such as one with a # in it, ' +
            "and give the row user parts: { user: { without: '#' } }",
        ),
      ]);
    });

    it('that is kept out of the keys as it is advised, then nothing is wrong', () => {
      const kind = row(ANY, {
        when: { _et: 'Order' },
        parts: { pk: { without: '#' }, sk: { without: '~' } },
      });
      const derive = { total: counting(kind, 'COUNTS#<x>', 'ALL'), last: pointing(kind, '~LAST') };
      expect(tableOf({ kind }, derive).model.rows).to.have.lengthOf(3);
      const close = row({ PK: 'A#<a>', SK: 'B#<b>' }, { when: { t: 'X' }, parts: { b: { without: '#' } } });
      expect(tableOf({ close }, { total: counting(close, 'A#<x>', 'B##') }).model.rows).to.have.lengthOf(2);
    });

    it('of a kind without when, then more may be derived from it', () => {
      const kind = row(ANY, { when: { _et: 'Order' }, parts: { pk: { without: '#' } } });
      const total = row({ PK: '#TOTAL', SK: '<x>' });
      const derive = { totals: counting(kind, '#TOTAL', '<x>') };
      expect(tableOf({ kind, total }, derive).model.rows).to.have.lengthOf(3);
    });
  });

  describe('given a key', () => {
    const table = tableOf({
      order: row({ PK: 'C#<customer>', SK: 'O#<order>' }, { when: { _et: 'Order' } }),
      other: told({ _et: ['Customer', 'Note'] }),
      note: row({ PK: 'C#<customer>', SK: '<note>' }, { when: { _et: 'Memo' }, strict: true }),
      fixed: row({ PK: 'FIXED', SK: 'O#<id>' }, { when: { _et: 'Fixed' } }),
    }).model;
    const found = (partition: string, sort: string) => {
      const of = table.rowOf(partition, sort) as Row;
      return [of, ...(of.others ?? [])].map(({ model, parts }) => [model.name, ...parts]);
    };

    it('that several kinds have, then it is known which, each with its parts', () => {
      expect(found('C#7', 'O#9')).to.deep.equal([
        ['order', '7', '9'],
        ['other', 'C#7', 'O#9'],
        ['note', '7', 'O#9'],
      ]);
      expect(found('FIXED', 'O#1')).to.deep.equal([
        ['other', 'FIXED', 'O#1'],
        ['fixed', '1'],
      ]);
    });

    it('that one kind has, then there are no others, nor where a strict kind’s is wrong', () => {
      expect(table.rowOf('X', 'Y')).to.deep.equal({ model: table.rows[1], parts: ['X', 'Y'] });
      expect(table.rowOf('C#', 'O#9')).to.not.have.property('others');
    });
  });
});
