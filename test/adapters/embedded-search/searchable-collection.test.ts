import { expect } from 'chai';
import { MemorySearchEngine } from '../../../src/adapters/memory/memory-search-engine.ts';
import {
  SearchableCollection,
  type SearchOptions,
} from '../../../src/adapters/embedded-search/searchable-collection.ts';
import type { SearchFilter } from '../../../src/adapters/embedded-search/search/filter.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { DocumentFields } from '../../../src/domain/search-document.ts';
import { ValueSet } from '../../../src/domain/value.ts';
import { decimal, map } from '../../support/factories.ts';
import { HOSTILE_NAMES, HOSTILE_VALUES } from '../../support/hostile.ts';
import { range } from '../../support/range.ts';
import { put } from './folder.ts';

function collectionOf(documents: Readonly<Record<string, DocumentFields>>): SearchableCollection {
  const collection = new SearchableCollection();
  for (const [id, fields] of Object.entries(documents)) collection.put(id, { id, ...fields });
  return collection;
}

const PLANES = collectionOf({
  N1: { name: 'Cessna Skyhawk', owner: 'Zürich Flying Club', year: decimal('1999'), status: 'open' },
  N2: { name: 'Cessna Citation', owner: 'Piper Ltd.', year: decimal('2005'), status: 'closed' },
  N3: { name: 'Piper Archer', owner: 'Ann Smith', year: decimal('2005.0'), status: 'open' },
  N4: {
    name: 'Learjet',
    tags: ['fast', 'white'],
    codes: new ValueSet(['x-ray', 'yankee']),
    serials: new ValueSet([decimal('9007199254740993'), decimal('7')]),
    base: map(['city', 'Basel'], ['pads', [map(['name', 'north']), map(['name', 'south'])]]),
    active: true,
    sold: null,
    photo: Uint8Array.of(1, 2),
  },
});

describe('searching documents', () => {
  const ids = (text: string, options?: SearchOptions, of = PLANES) =>
    of.search(text, options).hits.map(({ id }) => id);
  const where = (field: string, is: SearchFilter['is'], value: SearchFilter['value']) =>
    ids('', { where: [{ field, is, value }] });

  for (const [what, text, options, expected] of [
    ['a word', 'skyhawk', {}, ['N1']],
    ['capitals', 'SKYHAWK', {}, ['N1']],
    ['a letter without its accent', 'zurich', {}, ['N1']],
    ['an accent that nobody wrote', 'pípér', {}, ['N2', 'N3']],
    ['a typo', 'skihawk', {}, ['N1']],
    ['two typos in a long word', 'citachon', {}, ['N2']],
    ['three typos', 'zitachom', {}, []],
    ['a typo in a short word', 'amn', {}, []],
    ['a typo, where words are to be exact', 'skihawk', { typos: false }, []],
    ['the beginning of a word', 'sky', {}, ['N1']],
    ['the beginning of a word, where words are to be exact', 'sky', { prefix: false }, []],
    ['two words', 'cessna citation', {}, ['N2']],
    ['words that no document has all of', 'skyhawk citation', {}, []],
    ['any of two words', 'skyhawk citation', { match: 'any' }, ['N1', 'N2']],
    ['a field', 'piper', { fields: ['owner'] }, ['N2']],
    ['a field that no document has', 'piper', { fields: ['nobody'] }, []],
    ['an id', 'N4', {}, ['N4']],
    ['a member of a list', 'white', {}, ['N4']],
    ['a member of a set', 'yankee', {}, ['N4']],
    ['text within a map', 'basel', {}, ['N4']],
    ['text within a list of maps', 'south', {}, ['N4']],
    ['all digits of a number', '9007199254740993', { typos: false }, ['N4']],
    ['a number however it is written', '2005', { typos: false, prefix: false }, ['N2', 'N3']],
    ['what is between words', '--', {}, []],
    ['nothing', ' ', {}, ['N1', 'N2', 'N3', 'N4']],
  ] as const)
    it(`finds by ${what}`, () => {
      expect(ids(text, options)).to.deep.equal(expected);
    });

  it('lists what fits best first', () => {
    const collection = collectionOf({ a: { name: 'cesna' }, b: { name: 'cessna' }, c: { name: 'cessnas' } });
    expect(ids('cessna', {}, collection)[0]).to.equal('b');
    expect(collection.search('cessna').hits.map(({ score }) => score > 0)).to.deep.equal([true, true, true]);
  });

  describe('where', () => {
    const cases: readonly (readonly [
      string,
      SearchFilter['is'],
      SearchFilter['value'],
      readonly string[],
    ])[] = [
      ['status', '=', 'open', ['N1', 'N3']],
      ['status', '!=', 'open', ['N2', 'N4']],
      ['year', '=', 2005, ['N2', 'N3']],
      ['year', '=', '2.005e3', ['N2', 'N3']],
      ['year', '=', 'x', []],
      ['year', '>', 1999, ['N2', 'N3']],
      ['year', '>=', 1999, ['N1', 'N2', 'N3']],
      ['year', '<', 2005n, ['N1']],
      ['year', '<', '1e999999999', ['N1', 'N2', 'N3']],
      ['name', '<', 'D', ['N1', 'N2']],
      ['serials', '=', '9007199254740993', ['N4']],
      ['serials', '=', '9007199254740992', []],
      ['serials', '>', '9007199254740992', ['N4']],
      ['serials', '>', '9007199254740993', []],
      ['tags', '=', 'white', ['N4']],
      ['codes', '=', 'yankee', ['N4']],
      ['base.city', '=', 'Basel', ['N4']],
      ['base.pads.name', '=', 'south', ['N4']],
      ['base', '=', 'Basel', []],
      ['active', '=', true, ['N4']],
      ['sold', '=', 'null', ['N4']],
      ['photo', '=', 'AQI=', ['N4']],
      ['constructor', '=', 'x', []],
      ['__proto__.x', '=', 'x', []],
    ];
    for (const [field, is, value, expected] of cases)
      it(`${field} ${is} ${String(value)}`, () => {
        expect(where(field, is, value)).to.deep.equal(expected);
      });

    it('all conditions hold, and a name with dots comes before a path', () => {
      const collection = collectionOf({ a: { 'x.y': 'z', x: map(['y', 'w']) }, b: { x: map(['y', 'z']) } });
      const of = (...values: string[]) =>
        ids('', { where: values.map((value) => ({ field: 'x.y', is: '=', value })) }, collection);
      expect([of('z'), of('w'), of('z', 'w')]).to.deep.equal([['a', 'b'], ['a'], ['a']]);
    });
  });

  it('counts the values of fields in all that was found, listed or not', () => {
    const collection = collectionOf(
      Object.fromEntries(
        range(30).map((n) => [
          `${n}`,
          { even: n % 2 === 0, third: decimal(`${n % 3}.0`), tags: ['x', 'x', `t${n}`], __proto__: null },
        ]),
      ),
    );
    const { facets, found, hits } = collection.search('', {
      where: [{ field: 'third', is: '!=', value: 2 }],
      facets: ['third', 'even', 'tags', 'none', '__proto__'],
      facetLimit: 2,
      limit: 3,
    });
    expect([found, hits.length]).to.deep.equal([20, 3]);
    expect(facets).to.deep.equal([
      {
        field: 'third',
        distinct: 2,
        values: [
          { value: '0', count: 10 },
          { value: '1', count: 10 },
        ],
      },
      {
        field: 'even',
        distinct: 2,
        values: [
          { value: 'false', count: 10 },
          { value: 'true', count: 10 },
        ],
      },
      {
        field: 'tags',
        distinct: 21,
        values: [
          { value: 'x', count: 20 },
          { value: 't0', count: 1 },
        ],
      },
      { field: 'none', distinct: 0, values: [] },
      { field: '__proto__', distinct: 0, values: [] },
    ]);
  });

  it('sorts by fields, numbers to the last digit, and those without last', () => {
    const collection = collectionOf({
      none: {},
      text: { n: '1' },
      large: { n: decimal('9007199254740993') },
      larger: { n: decimal('9007199254740994') },
      small: { n: decimal('-1E-100') },
      two: { n: decimal('2'), m: 'b' },
      too: { n: decimal('2.0'), m: 'a' },
    });
    const sorted = (order: 'asc' | 'desc') =>
      ids('', { sort: [{ field: 'n', order }, { field: 'm' }] }, collection);
    expect(sorted('asc')).to.deep.equal(['small', 'too', 'two', 'large', 'larger', 'text', 'none']);
    expect(sorted('desc')).to.deep.equal(['text', 'larger', 'large', 'too', 'two', 'small', 'none']);
  });

  it('finds what was put, and not what was deleted or replaced, after words were noted', () => {
    const collection = collectionOf({ a: { name: 'first' }, b: { name: 'second' } });
    expect(ids('first', {}, collection)).to.deep.equal(['a']);
    collection.put('a', { id: 'a', name: 'other' });
    collection.put('c', { id: 'c', name: 'first' });
    collection.delete('b');
    collection.delete('nobody');
    expect(ids('first', {}, collection)).to.deep.equal(['c']);
    expect(ids('other', {}, collection)).to.deep.equal(['a']);
    expect(ids('second', {}, collection)).to.deep.equal([]);
    expect(collection.size).to.equal(2);
  });

  it('takes documents with more and more fields, of any names', () => {
    const collection = collectionOf({ first: { name: 'pen' } });
    expect(ids('pen', {}, collection)).to.deep.equal(['first']);
    for (const n of range(600))
      collection.put(`d${n}`, {
        id: `d${n}`,
        [`field ${n}`]: `word${n}x`,
        ...(n === 3 && { constructor: 'crane' }),
      });
    for (const n of [0, 14, 15, 16, 100, 253, 254, 255, 256, 599])
      expect(ids(`word${n}x`, { typos: false }, collection), `${n}`).to.deep.equal([`d${n}`]);
    expect(ids('word100x', { fields: ['field 100'], typos: false }, collection)).to.deep.equal(['d100']);
    expect(ids('word100x', { fields: ['field 99'], typos: false }, collection)).to.deep.equal([]);
    expect(ids('crane', {}, collection)).to.deep.equal(['d3']);
    for (const n of range(600)) collection.delete(`d${n}`);
    expect(ids('word100x', {}, collection)).to.deep.equal([]);
    expect(ids('pen', {}, collection)).to.deep.equal(['first']);
  });

  it('takes hostile texts and values in documents and in what is searched for', () => {
    const collection = collectionOf(
      Object.fromEntries(HOSTILE_VALUES.map(([what, value]) => [what, { value }])),
    );
    for (const name of HOSTILE_NAMES) collection.put(name, { id: name, [name]: name });
    for (const name of HOSTILE_NAMES) {
      expect(ids(name, { typos: false, prefix: false }, collection), name).to.include(name);
      expect(ids('', { where: [{ field: name, is: '=', value: name }] }, collection)).to.deep.equal([name]);
    }
    expect(ids('word '.repeat(10_000) + 'x'.repeat(100_000), {}, collection)).to.deep.equal([]);
  });

  it('refuses limits that are none', () => {
    for (const options of [{ limit: -1 }, { limit: 1.5 }, { facetLimit: NaN }])
      try {
        PLANES.search('', options);
        expect.fail('not refused');
      } catch (error) {
        expect(Fault.is(error) && error.kind).to.equal('configuration');
      }
  });

  it('searches what any index lists', async () => {
    const engine = new MemorySearchEngine();
    await engine.apply('all', [put('a', { name: 'pen' }), put('b', { name: 'pencil' })]);
    const collection = await SearchableCollection.of(engine.documents('all'));
    expect(collection.search('pen').found).to.equal(2);
  });
});
