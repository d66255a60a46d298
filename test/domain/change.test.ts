import { expect } from 'chai';
import { sameContent } from '../../src/domain/change.ts';
import { ValueSet } from '../../src/domain/value.ts';
import { attributes, change, decimal, map } from '../support/factories.ts';

const OLD = { model: '172', year_manufactured: decimal('1998') };
const NEW = { model: '172S', tags: new ValueSet(['a', 'b']) };

describe('sameContent', () => {
  it('given two records of one change, when compared, then their content is the same, however it is written', () => {
    const first = change({ before: attributes(OLD), after: attributes(NEW) });
    const again = change({
      before: attributes({ year_manufactured: decimal('1998.0'), model: '172' }),
      after: attributes({ tags: new ValueSet(['b', 'a']), model: '172S' }),
    });
    expect(sameContent(first, again)).to.equal(true);
  });

  const first = change({ before: attributes(OLD), after: attributes(NEW) });
  const others = {
    'another operation': change({ before: attributes(OLD), after: attributes(NEW), operation: 'INSERT' }),
    'another old image': change({ before: attributes(NEW), after: attributes(NEW) }),
    'another new image': change({ before: attributes(OLD), after: attributes(OLD) }),
    'an old image with an attribute more': change({
      before: attributes({ ...OLD, extra: null }),
      after: attributes(NEW),
    }),
    'a withheld old image': change({ before: 'withheld', after: attributes(NEW) }),
    'a withheld new image': change({ before: attributes(OLD), after: 'withheld' }),
    'an absent old image': change({ before: 'absent', after: attributes(NEW), operation: 'MODIFY' }),
    'an absent new image': change({ before: attributes(OLD), after: 'absent', operation: 'MODIFY' }),
  };
  for (const [name, other] of Object.entries(others))
    it(`given ${name}, when compared, then the content differs from either side`, () => {
      expect(sameContent(first, other)).to.equal(false);
      expect(sameContent(other, first)).to.equal(false);
    });

  it('given images that are absent or withheld on both sides, when compared, then only the same state is the same', () => {
    const withheld = change({ operation: 'MODIFY', before: 'withheld', after: 'withheld' });
    expect(sameContent(withheld, { ...withheld })).to.equal(true);
    expect(sameContent(withheld, { ...withheld, before: 'absent' })).to.equal(false);
    expect(sameContent(withheld, { ...withheld, after: 'absent' })).to.equal(false);
  });

  it('given attributes with hostile names, when compared, then their values count', () => {
    const insert = (value: string) => change({ after: attributes(map(['__proto__', value])) });
    expect(sameContent(insert('a'), insert('a'))).to.equal(true);
    expect(sameContent(insert('a'), insert('b'))).to.equal(false);
    expect(sameContent(insert('a'), change({ after: attributes() }))).to.equal(false);
  });
});
