import { expect } from 'chai';
import fc from 'fast-check';
import { KeyTemplate } from '../../../src/adapters/dynamodb-stream/key-template.ts';
import { HOSTILE_NAMES } from '../../support/hostile.ts';

describe('KeyTemplate', () => {
  describe('of one fixed text', () => {
    const template = new KeyTemplate('FAA#LINKS');

    it('matches that text and no other', () => {
      expect(template.match('FAA#LINKS')).to.deep.equal([]);
      for (const key of ['FAA#LINK', 'FAA#LINKS#', 'faa#links', ' FAA#LINKS', ''])
        expect(template.match(key), key).to.equal(undefined);
    });

    it('is its own prefix', () => {
      expect(template.fixed).to.equal(true);
      expect(template.prefix).to.equal('FAA#LINKS');
    });
  });

  describe('with one part', () => {
    const template = new KeyTemplate('IMG#<image_id>');

    it('takes all that follows the prefix', () => {
      for (const part of ['1', '#', '##', 'IMG#', 'a#b', '<image_id>', '%23', ' ', ...HOSTILE_NAMES])
        expect(template.match(`IMG#${part}`)).to.deep.equal([part]);
    });

    it('is none of the keys that begin otherwise', () => {
      for (const key of ['', 'IMG', 'img#1', 'DEFAULT', 'xIMG#1', 'IMAGES#1'])
        expect(template.match(key), key).to.equal(undefined);
    });

    it('finds a key malformed that ends where the part should begin', () => {
      expect(template.match('IMG#')).to.equal('has no image_id where IMG#<image_id> asks for one');
    });

    it('knows its prefix', () => {
      expect(template.fixed).to.equal(false);
      expect(template.prefix).to.equal('IMG#');
    });
  });

  describe('with two parts', () => {
    const template = new KeyTemplate('MFR_MDL_CODE#<code>#SN#<serial>');

    const matches: [what: string, key: string, parts: string[]][] = [
      ['splits at the literal between them', 'MFR_MDL_CODE#123#SN#456', ['123', '456']],
      ['splits where that literal first occurs', 'MFR_MDL_CODE#a#SN#b#SN#c', ['a', 'b#SN#c']],
      ['lets parts begin and end with #', 'MFR_MDL_CODE##a##SN##b#', ['#a#', '#b#']],
      ['lets a part be what looks like a literal', 'MFR_MDL_CODE#SN#SN#SN', ['SN', 'SN']],
      ['leaves the first part one character at least', 'MFR_MDL_CODE##SN#SN#x', ['#SN', 'x']],
    ];
    for (const [what, key, parts] of matches)
      it(`${what}: ${key}`, () => {
        expect(template.match(key)).to.deep.equal(parts);
      });

    const malformed: [key: string, missing: string][] = [
      ['MFR_MDL_CODE#', 'code'],
      ['MFR_MDL_CODE#123', 'code'],
      ['MFR_MDL_CODE#123#SN', 'code'],
      ['MFR_MDL_CODE#123#sn#456', 'code'],
      ['MFR_MDL_CODE##SN#456', 'code'],
      ['MFR_MDL_CODE#123#SN#', 'serial'],
    ];
    for (const [key, missing] of malformed)
      it(`finds ${key} malformed: no ${missing}`, () => {
        expect(template.match(key)).to.deep.equal(
          `has no ${missing} where MFR_MDL_CODE#<code>#SN#<serial> asks for one`,
        );
      });
  });

  it('with a literal at its end asks for that', () => {
    const template = new KeyTemplate('a<x>z');
    expect(template.match('abz')).to.deep.equal(['b']);
    expect(template.match('azz')).to.deep.equal(['z']);
    expect(template.match('ab')).to.match(/has no x where/);
    expect(template.match('az')).to.match(/has no x where/);
  });

  it('finds keys malformed that are not well-formed Unicode, in whichever part', () => {
    const template = new KeyTemplate('MFR_MDL_CODE#<code>#SN#<serial>');
    for (const key of [
      'MFR_MDL_CODE#\ud800#SN#1',
      'MFR_MDL_CODE#1#SN#x\udfff',
      'MFR_MDL_CODE#\udfff\ud800#SN#1',
    ])
      expect(template.match(key)).to.match(/is not well-formed Unicode$/);
    expect(template.match('MFR_MDL_CODE#🛩#SN#1')).to.deep.equal(['🛩', '1']);
  });

  const templates = [
    'DETAIL#<registration>',
    '<anything>',
    'MFR_MDL_CODE#<code>#SN#<serial>',
    'MODEL#<model>#TYPE#<type_designator>',
    'IMAGES#ORG#<org_id>#ENTITY#<entity_type>#ID#<entity_id>',
  ];
  for (const text of templates) {
    const template = new KeyTemplate(text);
    const literals = text.split(/<\w+>/);
    const compose = (parts: readonly string[]) =>
      literals.map((literal, index) => literal + (parts[index] ?? '')).join('');

    it(`${text} matches back what a key was composed of, if no part runs into the literal after it`, () => {
      const part = fc.oneof(
        fc.string({ minLength: 1, unit: 'grapheme' }),
        fc.string({ minLength: 1, unit: fc.constantFrom('#', '%', ' ', 'S', 'N', 'é', '🛩', ...literals) }),
      );
      const parts = fc
        .tuple(...literals.slice(1).map(() => part))
        .filter((all) =>
          all.every(
            (each, n) =>
              n === all.length - 1 ||
              `${each}${literals[n + 1]}`.indexOf(literals[n + 1]!, 1) === each.length,
          ),
        )
        .filter((all) => all.every((each) => each !== ''));
      fc.assert(
        fc.property(parts, (all) => {
          expect(template.match(compose(all))).to.deep.equal(all);
        }),
      );
    });

    it(`${text} either is not begun by a key, or takes it apart without loss, or says what is wrong with it`, () => {
      const key = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.oneof(fc.constantFrom('#', 'x', '\ud800', ...literals), fc.string()) }),
        fc.string({ unit: fc.constantFrom('#', 'x', ...literals) }).map((rest) => literals[0]! + rest),
      );
      fc.assert(
        fc.property(key, (any) => {
          const match = template.match(any);
          if (match === undefined) expect(any.startsWith(literals[0]!)).to.equal(false);
          else if (typeof match === 'string')
            expect(match).to.match(/^has no \w+ where .* asks for one$|^is not well-formed Unicode$/);
          else {
            expect(compose(match)).to.equal(any);
            expect(match).not.to.include('');
          }
        }),
      );
    });
  }
});
