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
});
