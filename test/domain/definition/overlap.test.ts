import { expect } from 'chai';
import fc from 'fast-check';
import { KeyTemplate } from '../../../src/domain/definition/key-template.ts';
import { commonKey, type Pattern } from '../../../src/domain/definition/overlap.ts';

const ALPHABET = ['a', 'b', '#'];

/** Whether a key is one of the pattern's, by other means than the code under test: it is read, and then looked at. */
function matches({ literals, rules }: Pattern, key: string): boolean {
  const text = literals.map((literal, index) => (index === 0 ? '' : `<p${index}>`) + literal).join('');
  const match = new KeyTemplate(text).match(key);
  if (match === undefined || 'malformed' in match) return false;
  return match.parts.every((part, index) => {
    const rule = rules[index];
    if (rule === undefined) return true;
    if ('without' in rule) return !Array.from(rule.without).some((character) => part.includes(character));
    return rule.includes(part);
  });
}

/** Every text of up to some characters. */
function textsOf(characters: readonly string[], length: number): string[] {
  if (length === 0) return [''];
  const shorter = textsOf(characters, length - 1);
  const longest = shorter.filter((text) => text.length === length - 1);
  return [...shorter, ...longest.flatMap((text) => characters.map((character) => text + character))];
}

// x stands for all characters that no pattern names.
const KEYS = textsOf([...ALPHABET, 'x'], 6);

const text = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...ALPHABET), minLength, maxLength });
const rule = fc.option(
  fc.oneof(
    fc.array(text(1, 3), { minLength: 1, maxLength: 3 }),
    fc
      .uniqueArray(fc.constantFrom(...ALPHABET), { minLength: 1, maxLength: 2 })
      .map((characters) => ({ without: characters.join('') })),
  ),
  { nil: undefined },
);
const pattern: fc.Arbitrary<Pattern> = fc
  .integer({ min: 0, max: 2 })
  .chain((parts) =>
    fc.record({
      first: text(0, 2),
      between: fc.array(text(1, 3), { minLength: Math.max(parts - 1, 0), maxLength: Math.max(parts - 1, 0) }),
      last: text(0, 2),
      rules: fc.array(rule, { minLength: parts, maxLength: parts }),
    }),
  )
  .map(({ first, between, last, rules }) => ({
    literals: rules.length === 0 ? [first] : [first, ...between, last],
    rules,
  }));

describe('commonKey', () => {
  it('given any two patterns, then it finds a key exactly where there is one, and both match it', () => {
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        const found = commonKey(one, other);
        if (found === undefined)
          expect(KEYS.filter((key) => matches(one, key) && matches(other, key))).to.deep.equal([]);
        else {
          expect(matches(one, found), found).to.equal(true);
          expect(matches(other, found), found).to.equal(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  const cases: readonly (readonly [
    title: string,
    one: Pattern,
    other: Pattern,
    common: string | undefined,
  ])[] = [
    ['the same text twice', { literals: ['A'], rules: [] }, { literals: ['A'], rules: [] }, 'A'],
    ['two texts', { literals: ['A'], rules: [] }, { literals: ['B'], rules: [] }, undefined],
    [
      'a text and a part',
      { literals: ['A#B'], rules: [] },
      { literals: ['A#', ''], rules: [undefined] },
      'A#B',
    ],
    [
      'a text and a part of any letters',
      { literals: ['ORDER#where'], rules: [] },
      { literals: ['ORDER#', ''], rules: [undefined] },
      'ORDER#where',
    ],
    [
      'a text in which what a part must not hold begins the next literal, but does not end it',
      { literals: ['a#a#by'], rules: [] },
      { literals: ['', '#b', ''], rules: [{ without: '#' }, undefined] },
      undefined,
    ],
    [
      'a text in which what a part must not hold goes on as the next literal does, but does not end it',
      { literals: ['e#be#bcy'], rules: [] },
      { literals: ['', '#bc', ''], rules: [{ without: 'b' }, undefined] },
      undefined,
    ],
    [
      'a text in which what a part must not hold begins the next literal twice',
      { literals: ['e#b#b#cy'], rules: [] },
      { literals: ['', '#b#c', ''], rules: [{ without: 'b' }, undefined] },
      undefined,
    ],
    [
      'such a text, and a part that may hold anything',
      { literals: ['e#b#b#cy'], rules: [] },
      { literals: ['', '#b#c', ''], rules: [undefined, undefined] },
      'e#b#b#cy',
    ],
    [
      'a text that ends in a value, of which more is read because the part before it ends as soon as it can',
      { literals: ['a#b#x'], rules: [] },
      { literals: ['', '#', ''], rules: [undefined, ['x']] },
      undefined,
    ],
    [
      'a part that would be empty',
      { literals: ['A#'], rules: [] },
      { literals: ['A#', ''], rules: [undefined] },
      undefined,
    ],
    [
      'a part that may hold what separates the other’s',
      { literals: ['A#', ''], rules: [undefined] },
      { literals: ['A#', '#B#', ''], rules: [undefined, undefined] },
      'A#x#B#x',
    ],
    [
      'a part that may not',
      { literals: ['A#', ''], rules: [{ without: '#' }] },
      { literals: ['A#', '#B#', ''], rules: [undefined, undefined] },
      undefined,
    ],
    [
      'values of which one is a value of the other',
      { literals: ['', '#'], rules: [['A', 'B']] },
      { literals: ['', '#'], rules: [['C', 'B']] },
      'B#',
    ],
    [
      'a value that would be read as another',
      { literals: ['', '#', ''], rules: [['A#B'], undefined] },
      { literals: ['', ''], rules: [undefined] },
      undefined,
    ],
    [
      'characters of two code units',
      { literals: ['\u{1f600}', ''], rules: [undefined] },
      { literals: ['', '\u{1f601}'], rules: [{ without: '\u{1f602}' }] },
      '\u{1f600}\u{1f601}',
    ],
  ];
  for (const [title, one, other, common] of cases)
    it(`given ${title}, then ${common === undefined ? 'there is none' : `it is ${common}`}`, () => {
      const found = [commonKey(one, other), commonKey(other, one)];
      expect(found).to.deep.equal([common, common]);
    });

  it('given parts that exclude nearly all that comes to mind, then some character is left', () => {
    const most = Array.from({ length: 126 }, (_, code) => String.fromCharCode(code)).join('');
    const found = commonKey(
      { literals: ['', ''], rules: [{ without: most }] },
      { literals: ['', ''], rules: [{ without: '~' }] },
    );
    expect(found).to.have.lengthOf(1);
    expect(most + '~').not.to.include(found);
  });
});
