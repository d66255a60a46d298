import { expect } from 'chai';
import fc from 'fast-check';
import { type Entity, entityKey, type Link, linkKey } from '../../src/domain/row.ts';
import { entity, link } from '../support/factories.ts';

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
      entityKey({ entityId: 'N1', entityType: 'REGISTRATION', orgId: 'SYSTEM' }),
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

describe('linkKey', () => {
  it('given the same link twice, when keyed, then the keys are the same', () => {
    const again: Link = { serial: '17280000', code: '2072423' };
    expect(linkKey(link())).to.equal(linkKey(again));
  });

  it('given links that differ in one part, when keyed, then no two share a key', () => {
    const links = [link('1', '1'), link('1', '2'), link('2', '1'), link('2', '2')];
    expect(new Set(links.map(linkKey))).to.have.property('size', links.length);
  });

  it('given a text that moves from one part to the other, when keyed, then the keys differ', () => {
    fc.assert(
      fc.property(text, text, text, separator, (a, b, c, between) => {
        fc.pre(between + b !== '');
        const one = link(`${b}${between}${c}`, a);
        const other = link(c, `${a}${between}${b}`);
        expect(linkKey(one)).not.to.equal(linkKey(other));
      }),
    );
  });
});
