import { expect } from 'chai';
import {
  aliasTarget,
  collectionNames,
  compareCollection,
  createCollection,
  isThere,
  switchAlias,
} from '../../../src/adapters/typesense/collections.ts';
import { TypesenseSearchIndex } from '../../../src/adapters/typesense/typesense-search-index.ts';
import type { SearchSchema } from '../../../src/domain/search-schema.ts';
import { put } from '../../contracts/search-index/harness.ts';
import { aBookshop, type Bookshop, faultIn, SCHEMA } from './support.ts';

const SHELF: SearchSchema = {
  collection: 'shelf',
  fields: [
    { name: 'title', type: 'string', infix: true, locale: 'ja' },
    { name: 'year', type: 'int32', facet: true, optional: true },
  ],
  tokenSeparators: ['-', '/'],
};

describe('collections of Typesense', () => {
  let shop: Bookshop;
  beforeEach(async () => {
    shop = await aBookshop();
  });
  afterEach(() => shop.local.stop());

  it('are created as their schemas say, and once', async () => {
    expect(await createCollection(shop.client, SHELF)).to.equal(true);
    expect(await compareCollection(shop.client, SHELF)).to.deep.equal([]);
    expect(await createCollection(shop.client, SHELF)).to.equal(false);
  });

  it('are not changed in silence: what differs is said', async () => {
    await createCollection(shop.client, SHELF);
    const other: SearchSchema = {
      collection: 'shelf',
      fields: [
        { name: 'title', type: 'string[]', infix: false, locale: 'ja' },
        { name: 'price', type: 'float', sort: false },
      ],
      tokenSeparators: ['/'],
      symbolsToIndex: ['+'],
    };
    expect(await compareCollection(shop.client, other)).to.deep.equal([
      'type of field "title" is "string" instead of "string[]"',
      'infix of field "title" is true instead of false',
      'field "price" is missing',
      'field "year" is there, and not in the schema',
      'its token separators are ["-","/"] instead of ["/"]',
      'its symbols to index are [] instead of ["+"]',
    ]);
    const fault = await faultIn(createCollection(shop.client, other));
    expect(fault.kind).to.equal('configuration');
    expect(fault.message).to.include('field "price" is missing').and.include('switch an alias');
    expect(await compareCollection(shop.client, SHELF)).to.deep.equal([]);
  });

  it('are listed by their names, aliases are not', async () => {
    await createCollection(shop.client, SHELF);
    await switchAlias(shop.client, 'catalogue', 'shelf');
    expect(await collectionNames(shop.client)).to.have.members(['books', 'shelf']);
    expect(await isThere(shop.client, 'catalogue')).to.equal(true);
    expect(await isThere(shop.client, 'nowhere')).to.equal(false);
  });

  it('say that they are missing', async () => {
    const fault = await faultIn(compareCollection(shop.client, SHELF));
    expect(fault.kind).to.equal('configuration');
    expect(fault.message).to.match(
      /create it first: contrail index --create does, or createCollection of contrail/,
    );
  });

  it('are refused where a schema is wrong, with all that is wrong', async () => {
    const fields = ['id', 'a*', '', 'x', 'x', 'x_sequence_id'].map(
      (name) => ({ name, type: 'string' }) as const,
    );
    const fault = await faultIn(createCollection(shop.client, { collection: '..', fields }));
    expect(fault.kind).to.equal('configuration');
    for (const part of ['"id"', '"a*"', 'no name', 'twice', '_sequence_id', 'dots'])
      expect(fault.message).to.include(part);
    expect(() => new TypesenseSearchIndex(shop.client, [{ collection: '', fields: [] }])).to.throw(
      'its name',
    );
  });

  it('have aliases, which lead elsewhere from one moment to the next', async () => {
    await createCollection(shop.client, { ...SCHEMA, collection: 'books_2' });
    expect(await aliasTarget(shop.client, 'catalogue')).to.equal(undefined);
    const index = new TypesenseSearchIndex(shop.client, [{ ...SCHEMA, collection: 'catalogue' }]);
    for (const collection of ['books', 'books_2', 'books_2']) {
      await switchAlias(shop.client, 'catalogue', collection);
      expect(await aliasTarget(shop.client, 'catalogue')).to.equal(collection);
      expect(await index.apply('catalogue', [put(collection)])).to.deep.equal(['done']);
    }
    expect(shop.ids()).to.deep.equal(['books']);
  });

  it('are there before an alias leads to them, and none has its name', async () => {
    const missing = await faultIn(switchAlias(shop.client, 'catalogue', 'nowhere'));
    expect([missing.kind, missing.message.includes('"nowhere"')]).to.deep.equal(['configuration', true]);
    expect(await aliasTarget(shop.client, 'catalogue')).to.equal(undefined);
    const taken = await faultIn(switchAlias(shop.client, 'books', 'books'));
    expect([taken.kind, taken.message.includes('choose another')]).to.deep.equal(['configuration', true]);
    expect((await faultIn(switchAlias(shop.client, '..', 'books'))).kind).to.equal('configuration');
  });
});
