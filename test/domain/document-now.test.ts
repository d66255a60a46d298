import { expect } from 'chai';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { row as rowKind } from '../../src/domain/definition/row.ts';
import { documentNow } from '../../src/domain/document-now.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { attributes, faultOf } from '../support/factories.ts';
import { shop } from '../support/shop.ts';

const registration = { partition: 'AIRCRAFT#REGISTRY#FAA', sort: 'DETAIL#N1' };
const order = { partition: 'CUSTOMER#c', sort: 'ORDER#1' };
const orderKey = { collection: 'orders', id: 'c:1' };

/** Rows of two kinds with one key. */
const key = { PK: 'THING#<thing>' };
const cat = rowKind(key, { when: { type: 'cat' } }).with<{ readonly name?: string }>();
const dog = rowKind(key, { when: { type: 'dog' } }).with<{ readonly name?: string }>();
const pets = defineTable({
  keys: { partition: 'PK' },
  rows: { cat, dog },
  derive: {
    cats: documents(cat, { collection: 'pets', id: 'cat:<thing>', fields: ['name'] }),
    dogs: documents(dog, { collection: 'pets', id: 'dog:<thing>', fields: ['name'] }),
  },
});

describe('documentNow', () => {
  it('given a row, then it is its document', () => {
    const row = attributes({ registration: 'N1', model: '172', owner_note: 'not in it' });
    expect(
      documentNow(fleet.model, { collection: 'registry', id: 'FAA:N1' }, registration, row),
    ).to.deep.equal({
      id: 'FAA:N1',
      registry: 'FAA',
      registration: 'N1',
      model: '172',
    });
  });

  it('given no row, then it must be gone', () => {
    const document = { collection: 'registry', id: 'FAA:N1' };
    expect(documentNow(fleet.model, document, registration, undefined)).to.equal(undefined);
  });

  it('given a row that where leaves out, then it must be gone', () => {
    expect(documentNow(shop.model, orderKey, order, attributes({ status: 'draft' }))).to.equal(undefined);
    expect(documentNow(shop.model, orderKey, order, attributes({ status: 'open' }))).to.deep.equal({
      id: 'c:1',
      status: 'open',
    });
  });

  it('given kinds that an attribute tells apart, then only the document of the kind that it is of is there', () => {
    const now = (id: string, type: string) =>
      documentNow(
        pets.model,
        { collection: 'pets', id },
        { partition: 'THING#1', sort: undefined },
        attributes({ type, name: 'Kim' }),
      );
    expect(now('cat:1', 'cat')).to.deep.equal({ id: 'cat:1', name: 'Kim' });
    expect(now('dog:1', 'cat')).to.equal(undefined);
    expect(now('dog:1', 'dog')).to.deep.equal({ id: 'dog:1', name: 'Kim' });
    expect(now('cat:1', 'fish')).to.equal(undefined);
  });

  for (const [what, document, row] of [
    ['of another collection', { collection: 'customers', id: 'c:1' }, order],
    ['of another id', { collection: 'orders', id: 'c:2' }, order],
    ['of a row of no kind', orderKey, { partition: 'SUPPLIER#c', sort: 'ORDER#1' }],
  ] as const)
    it(`given a document ${what}, then an operator must give it the right definition`, () => {
      for (const found of [attributes({ status: 'open' }), undefined])
        expect(faultOf(() => documentNow(shop.model, document, row, found)).kind).to.equal('configuration');
    });

  it('given a row that its function cannot take, then it is a permanent fault', () => {
    const profile = { partition: 'CUSTOMER#c', sort: 'PROFILE' };
    const now = () => documentNow(shop.model, { collection: 'customers', id: 'c' }, profile, attributes({}));
    expect(faultOf(now).kind).to.equal('permanent');
  });
});
