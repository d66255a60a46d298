import { expect } from 'chai';
import fc from 'fast-check';
import { KeyPattern } from '../../../src/application/verify/key-pattern.ts';
import { KeyTemplate } from '../../../src/domain/definition/key-template.ts';

describe('a key pattern of the recount', () => {
  const literal = fc.array(
    fc.constantFrom('#', 'ID', '.', '*', '\\', '[a-', ']', '(', '|', '^$', '{1}', '/', '🛩'),
    {
      minLength: 1,
      maxLength: 2,
    },
  );
  const template = fc
    .tuple(fc.array(literal, { minLength: 1, maxLength: 4 }), fc.boolean(), fc.boolean())
    .map(([literals, startsWithPart, endsWithPart]) => {
      const texts = [...(startsWithPart ? [''] : []), ...literals.map((pieces) => pieces.join(''))];
      const all = [...texts, ...(endsWithPart ? [''] : [])];
      return all.map((text, index) => (index === 0 ? text : `<p${index}>${text}`)).join('');
    });

  it('given any template and key, then it reads the key as the worker’s own template does', () => {
    let read = 0;
    fc.assert(
      fc.property(
        template.chain((text) => {
          const words = [...text.split(/<\w+>/), '#', 'ID', 'x', '\n', '🛩', ''];
          const part = fc.array(fc.constantFrom(...words), { maxLength: 3 }).map((pieces) => pieces.join(''));
          const { names } = new KeyTemplate(text);
          const key = fc
            .array(part, { minLength: names.length, maxLength: names.length })
            .map((parts) => new KeyTemplate(text).render(parts));
          return fc.tuple(fc.constant(text), fc.oneof(key, part));
        }),
        ([text, key]) => {
          const match = new KeyTemplate(text).match(key);
          const expected = match !== undefined && 'parts' in match ? match.parts : undefined;
          const pattern = new KeyPattern(text);
          const parts = pattern.partsOf(key);
          expect(parts).to.deep.equal(expected);
          if (parts === undefined) return;
          read++;
          expect(pattern.keyOf(parts)).to.equal(key);
        },
      ),
      { numRuns: 5_000 },
    );
    expect(read).to.be.greaterThan(1_000);
  });

  it('given any template and parts, then a key is theirs alone where the worker’s own template says so', () => {
    const found = { own: 0, shared: 0 };
    fc.assert(
      fc.property(
        template.chain((text) => {
          const words = [...text.split(/<\w+>/).filter((word) => word !== ''), '#', 'ID', 'x', '\n', '🛩'];
          const part = fc
            .array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 })
            .map((pieces) => pieces.join(''));
          const { length } = new KeyTemplate(text).names;
          return fc.tuple(fc.constant(text), fc.array(part, { minLength: length, maxLength: length }));
        }),
        ([text, parts]) => {
          const isOwn = new KeyTemplate(text).unsuitable(parts) === undefined;
          expect(new KeyPattern(text).isOnlyFor(parts)).to.equal(isOwn);
          found[isOwn ? 'own' : 'shared']++;
        },
      ),
      { numRuns: 5_000 },
    );
    expect(found.own).to.be.greaterThan(1_000);
    expect(found.shared).to.be.greaterThan(300);
  });
});
