import { expect } from 'chai';
import fc from 'fast-check';
import { KeyTemplate, templateProblem } from '../../../src/domain/definition/key-template.ts';
import { HOSTILE_NAMES } from '../../support/hostile.ts';

const FIXED = 'FAA#LINKS';
const ONE = 'IMG#<image_id>';
const TWO = 'MFR_MDL_CODE#<code>#SN#<serial>';

const asksFor = (part: string, template: string) => ({
  malformed: `has no ${part}; expected ${template}`,
});

describe('KeyTemplate', () => {
  it('given a template, then it knows its prefix, and whether it has no parts', () => {
    expect(new KeyTemplate(FIXED)).to.include({ fixed: true, prefix: 'FAA#LINKS' });
    expect(new KeyTemplate(ONE)).to.include({ fixed: false, prefix: 'IMG#' });
  });

  const matching: [template: string, key: string, parts: string[]][] = [
    [FIXED, 'FAA#LINKS', []],
    ...['1', '#', '##', 'IMG#', 'a#b', '<image_id>', '%23', ' ', ...HOSTILE_NAMES].map(
      (part): [string, string, string[]] => [ONE, `IMG#${part}`, [part]],
    ),
    [TWO, 'MFR_MDL_CODE#123#SN#456', ['123', '456']],
    // Split where the literal between the parts first occurs.
    [TWO, 'MFR_MDL_CODE#a#SN#b#SN#c', ['a', 'b#SN#c']],
    [TWO, 'MFR_MDL_CODE##a##SN##b#', ['#a#', '#b#']],
    [TWO, 'MFR_MDL_CODE#SN#SN#SN', ['SN', 'SN']],
    [TWO, 'MFR_MDL_CODE##SN#SN#x', ['#SN', 'x']],
    [TWO, 'MFR_MDL_CODE#🛩#SN#1', ['🛩', '1']],
    ['a<x>z', 'abz', ['b']],
    ['a<x>z', 'azz', ['z']],
  ];
  for (const [template, key, parts] of matching)
    it(`takes ${JSON.stringify(key.slice(0, 36))} of ${template} for ${JSON.stringify(parts).slice(0, 20)}`, () => {
      expect(new KeyTemplate(template).match(key)).to.deep.equal({ parts });
    });

  const malformed: [template: string, key: string, missing: string][] = [
    [ONE, 'IMG#', 'image_id'],
    [TWO, 'MFR_MDL_CODE#', 'code'],
    [TWO, 'MFR_MDL_CODE#123', 'code'],
    [TWO, 'MFR_MDL_CODE#123#SN', 'code'],
    [TWO, 'MFR_MDL_CODE#123#sn#456', 'code'],
    [TWO, 'MFR_MDL_CODE##SN#456', 'code'],
    [TWO, 'MFR_MDL_CODE#123#SN#', 'serial'],
    ['a<x>z', 'ab', 'x'],
    ['a<x>z', 'az', 'x'],
  ];
  for (const [template, key, missing] of malformed)
    it(`given ${template} and ${key}, then it is malformed: no ${missing}`, () => {
      expect(new KeyTemplate(template).match(key)).to.deep.equal(asksFor(missing, template));
    });

  for (const key of [
    'MFR_MDL_CODE#\ud800#SN#1',
    'MFR_MDL_CODE#1#SN#x\udfff',
    'MFR_MDL_CODE#\udfff\ud800#SN#1',
  ])
    it(`given ${JSON.stringify(key)}, then it is malformed: not well-formed Unicode`, () => {
      expect(new KeyTemplate(TWO).match(key)).to.deep.equal({ malformed: 'is not well-formed Unicode' });
    });

  const others: Record<string, string[]> = {
    [FIXED]: ['FAA#LINK', 'FAA#LINKS#', 'faa#links', ' FAA#LINKS', ''],
    [ONE]: ['', 'IMG', 'img#1', 'DEFAULT', 'xIMG#1', 'IMAGES#1'],
  };
  for (const [template, keys] of Object.entries(others))
    it(`given ${template} and keys that begin otherwise, then it matches none`, () => {
      for (const key of keys) expect(new KeyTemplate(template).match(key), key).to.equal(undefined);
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

    it(`gives back the parts of a key of ${text.slice(0, 40)}`, () => {
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
          expect(template.match(compose(all))).to.deep.equal({ parts: all });
        }),
      );
    });

    it(`splits any key of ${text.slice(0, 40)} without loss, or takes it for malformed`, () => {
      const key = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.oneof(fc.constantFrom('#', 'x', '\ud800', ...literals), fc.string()) }),
        fc.string({ unit: fc.constantFrom('#', 'x', ...literals) }).map((rest) => literals[0]! + rest),
      );
      fc.assert(
        fc.property(key, (any) => {
          const match = template.match(any);
          if (match === undefined) expect(any.startsWith(literals[0]!)).to.equal(false);
          else if ('malformed' in match)
            expect(match.malformed).to.match(/^has no \w+; expected .*$|^is not well-formed Unicode$/);
          else {
            expect(compose(match.parts)).to.equal(any);
            expect(match.parts).not.to.include('');
          }
        }),
      );
    });
  }
});

describe('KeyTemplate.unsuitable', () => {
  const shapes = ['IMG#<image_id>', 'a<x>z', 'a<x>#<y>', '<x>##<y>#<z>', '<x>#a#<y>b', 'FIXED'];
  const part = fc.string({ unit: fc.constantFrom('#', 'a', 'b', 'z'), maxLength: 4 });
  const partsFor = ({ names }: KeyTemplate) =>
    fc.array(part, { minLength: names.length, maxLength: names.length });

  for (const text of shapes) {
    const template = new KeyTemplate(text);

    it(`given any parts for ${text}, when they are suitable, then their key is read back as them`, () => {
      fc.assert(
        fc.property(partsFor(template), (parts) => {
          fc.pre(template.unsuitable(parts) === undefined);
          expect(template.match(template.render(parts))).to.deep.equal({ parts });
        }),
      );
    });

    it(`given any two tuples for ${text}, when both are suitable, then they share no key`, () => {
      fc.assert(
        fc.property(partsFor(template), partsFor(template), (one, other) => {
          fc.pre([one, other].every((parts) => template.unsuitable(parts) === undefined));
          if (template.render(one) === template.render(other)) expect(one).to.deep.equal(other);
        }),
      );
    });

    it(`given any parts for ${text}, then they are suitable exactly where no others make their key`, () => {
      /** In how many ways the rest of a key can be split. */
      const ways = (key: string, index: number): number => {
        const literal = template.literals[index] ?? '';
        if (!key.startsWith(literal)) return 0;
        const rest = key.slice(literal.length);
        if (index === template.names.length) return rest === '' ? 1 : 0;
        return Array.from(rest, (_, at) => ways(rest.slice(at + 1), index + 1)).reduce(
          (sum, one) => sum + one,
          0,
        );
      };
      fc.assert(
        fc.property(partsFor(template), (parts) => {
          fc.pre(!parts.includes(''));
          expect(template.unsuitable(parts) === undefined).to.equal(ways(template.render(parts), 0) === 1);
        }),
      );
    });
  }

  it('given an empty part, or one that is missing, then it is named', () => {
    const two = new KeyTemplate(TWO);
    expect(two.unsuitable(['', '1'])).to.equal('its code is empty');
    expect(two.unsuitable(['1', ''])).to.equal('its serial is empty');
    expect(two.unsuitable(['1'])).to.equal('its serial is empty');
  });

  it('given a part that is not well-formed Unicode, then no key can be made of it', () => {
    expect(new KeyTemplate(ONE).unsuitable(['\ud800'])).to.equal('a part of it is not well-formed Unicode');
  });

  it('given parts that could be split otherwise, then it says so', () => {
    const why = `its code and serial, joined as in ${TWO}, could be another's`;
    expect(new KeyTemplate(TWO).unsuitable(['a#SN#b', 'c'])).to.equal(why);
    expect(new KeyTemplate(TWO).unsuitable(['a', 'b#SN#c'])).to.equal(why);
    expect(new KeyTemplate(TWO).unsuitable(['a', 'b#c'])).to.equal(undefined);
  });
});

describe('templateProblem', () => {
  for (const text of [FIXED, ONE, TWO, '<anything>', 'a<b>', '<a>-<b>', 'é#<x1>', ' '])
    it(`given ${text}, then nothing is wrong`, () => {
      expect(templateProblem(text)).to.equal(undefined);
    });

  const wrong: readonly (readonly [unknown, string])[] = [
    [undefined, 'must be a string, and is undefined'],
    [null, 'must be a string, and is null'],
    [5, 'must be a string, and is a number'],
    [['A'], 'must be a string, and is an array'],
    ['', 'is empty'],
    ['A\ud800', 'is not well-formed Unicode'],
    [
      'A#<b',
      'has a < or > that belongs to no part: a part is written <name>, its name of letters, digits and _',
    ],
    [
      'A#b>',
      'has a < or > that belongs to no part: a part is written <name>, its name of letters, digits and _',
    ],
    [
      'A#<>',
      'has a < or > that belongs to no part: a part is written <name>, its name of letters, digits and _',
    ],
    [
      'A#<b-c>',
      'has a < or > that belongs to no part: a part is written <name>, its name of letters, digits and _',
    ],
    [
      'A#<b>#c>#<d>',
      'has a < or > that belongs to no part: a part is written <name>, its name of letters, digits and _',
    ],
    ['<a><b>', 'has two parts with nothing between them, so that nobody could tell where the first ends'],
    ['<a>#<a>', 'names the part <a> twice'],
    ['A#<__proto__>', 'names a part __proto__'],
  ];
  for (const [text, problem] of wrong)
    it(`given ${text === undefined ? 'nothing' : JSON.stringify(text)}, then it ${problem}`, () => {
      expect(templateProblem(text)).to.equal(problem);
    });
});
