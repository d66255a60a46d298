import { expect } from 'chai';
import fc from 'fast-check';
import { type Entity, entityKey } from '../../src/domain/pointer.ts';
import { itemKey, keyOf, partOf, type Row } from '../../src/domain/row.ts';
import { DEFAULT_IMAGES, entity, row, rowModel } from '../support/factories.ts';

const text = fc.string({ unit: fc.constantFrom('#', ':', '"', ',', '\\', 'A'), maxLength: 4 });
/** What a careless key would put between its parts. */
const separator = fc.constantFrom('', '#', ':', '|', ',', ' ', '","', '\u0000');

describe('entityKey', () => {
  const entities: readonly Entity[] = [
    entity(),
    entity({ orgId: 'ACME' }),
    entity({ entityType: 'ICAO' }),
    entity({ entityId: 'N2' }),
    entity({ orgId: 'A","B', entityId: 'C' }),
    entity({ orgId: 'A', entityId: 'B","C' }),
  ];

  it('given entities that differ in one part, when keyed, then no two share a key', () => {
    expect(new Set(entities.map(entityKey))).to.have.property('size', entities.length);
  });

  it('given the same entity twice, when keyed, then the keys are the same', () => {
    expect(entityKey(entity())).to.equal(
      entityKey({ model: DEFAULT_IMAGES, parts: ['SYSTEM', 'REGISTRATION', 'N1'] }),
    );
  });

  it('given a text that moves from one part to the other, when keyed, then the keys differ', () => {
    fc.assert(
      fc.property(
        text,
        text,
        separator,
        fc.constantFrom('ICAO', 'REGISTRATION'),
        (a, b, between, entityType) => {
          const one = entity({ orgId: a, entityType, entityId: `${entityType}${between}${b}` });
          const other = entity({ orgId: `${a}${between}${entityType}`, entityType, entityId: b });
          expect(entityKey(one)).not.to.equal(entityKey(other));
        },
      ),
    );
  });
});

/** One string per row: that of its item. */
function rowKey(of: Row): string {
  return itemKey(keyOf(of));
}

describe('itemKey', () => {
  it('given the same row twice, when keyed, then the keys are the same', () => {
    const again: Row = { model: rowModel('link'), parts: ['2072423', '17280000'] };
    expect(rowKey(row.link())).to.equal(rowKey(again));
  });

  it('given rows that differ in one part, when keyed, then no two share a key', () => {
    const links = [row.link('1', '1'), row.link('1', '2'), row.link('2', '1'), row.link('2', '2')];
    expect(new Set(links.map(rowKey))).to.have.property('size', links.length);
  });

  it('given a text that moves from one part to the other, when keyed, then the keys differ', () => {
    fc.assert(
      fc.property(text, text, text, separator, (a, b, c, between) => {
        fc.pre(between + b !== '');
        const one = row.link(`${b}${between}${c}`, a);
        const other = row.link(c, `${a}${between}${b}`);
        expect(rowKey(one)).not.to.equal(rowKey(other));
      }),
    );
  });

  it('given a text that moves from the partition key to the sort key, when keyed, then the keys differ', () => {
    fc.assert(
      fc.property(text, text, text, separator, (a, b, c, between) => {
        fc.pre(between + b !== '');
        const one = itemKey({ partition: a, sort: `${between}${b}${c}` });
        const other = itemKey({ partition: `${a}${between}${b}`, sort: c });
        expect(one).not.to.equal(other);
      }),
    );
  });

  it('given keys, when keyed, then the texts are those that states are kept under', () => {
    expect(itemKey({ partition: 'A#1', sort: 'B' })).to.equal('3#A#1B');
    expect(itemKey({ partition: 'A#1', sort: undefined })).to.equal('3#A#1');
  });

  it('given a table without a sort key, when keyed, then the partition key is enough', () => {
    expect(itemKey({ partition: 'A', sort: undefined })).not.to.equal(
      itemKey({ partition: 'B', sort: undefined }),
    );
  });
});

describe('keyOf', () => {
  it('given a row, then its parts stand in its key as the templates say', () => {
    expect(keyOf(row.image('01A', { orgId: 'ACME', entityType: 'ICAO', entityId: 'C172' }))).to.deep.equal({
      partition: 'IMAGES#ORG#ACME#ENTITY#ICAO#ID#C172',
      sort: 'IMG#01A',
    });
    expect(keyOf(row.defaultImage())).to.deep.equal({
      partition: 'IMAGES#ORG#SYSTEM#ENTITY#REGISTRATION#ID#N1',
      sort: 'DEFAULT',
    });
  });
});

describe('partOf', () => {
  it('given a row, then each part is found by its name, and no other name finds one', () => {
    const image = row.image('01A', { orgId: 'ACME' });
    const found = ['org_id', 'entity_type', 'entity_id', 'image_id'].map((name) => partOf(image, name));
    expect(found).to.deep.equal(['ACME', 'REGISTRATION', 'N1', '01A']);
    for (const other of ['PK', 'url', '']) expect(partOf(image, other)).to.equal(undefined);
  });
});
