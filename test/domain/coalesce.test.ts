import { expect } from 'chai';
import { groupBy, newest } from '../../src/domain/coalesce.ts';
import { change } from '../support/factories.ts';

describe('groupBy', () => {
  it('given items of several keys, when grouped, then keys stand as first seen and items as given', () => {
    const groups = groupBy(['b1', 'a1', 'b2', 'c1', 'a2', 'b3'], (item) => item.charAt(0));
    expect([...groups]).to.deep.equal([
      ['b', ['b1', 'b2', 'b3']],
      ['a', ['a1', 'a2']],
      ['c', ['c1']],
    ]);
  });

  it('given keys that objects inherit, when grouped, then they are keys like any other', () => {
    expect([...groupBy(['__proto__', 'constructor', '__proto__'], (item) => item)]).to.deep.equal([
      ['__proto__', ['__proto__', '__proto__']],
      ['constructor', ['constructor']],
    ]);
  });

  it('given nothing, when grouped, then there are no groups', () => {
    expect(groupBy([], String)).to.have.property('size', 0);
  });

  it('given any iterable, when grouped, then its items are taken from it', () => {
    expect([...groupBy(new Set([1, 2, 3]), (item) => (item % 2 === 0 ? 'even' : 'odd'))]).to.deep.equal([
      ['odd', [1, 3]],
      ['even', [2]],
    ]);
  });
});

describe('newest', () => {
  const command = (sequence: string, epoch = '') => ({ change: change({ sequence, epoch }) });

  it('given one command, when asked, then it is the newest', () => {
    const only = command('1');
    expect(newest([only])).to.equal(only);
  });

  it('given commands in any order of delivery, when asked, then the highest number wins, not the last', () => {
    const oldest = command('9');
    const middle = command('10');
    const latest = command('100');
    expect(newest([oldest, middle, latest])).to.equal(latest);
    expect(newest([latest, oldest, middle])).to.equal(latest);
    expect(newest([middle, latest, oldest])).to.equal(latest);
  });

  it('given a stream that succeeded another, when asked, then its command wins whatever the numbers', () => {
    const before = command('999', '2026-01-05');
    const after = command('1', '2026-01-06');
    expect(newest([before, after])).to.equal(after);
    expect(newest([after, before])).to.equal(after);
  });

  it('given the same change twice, when asked, then the first delivery stands', () => {
    const first = command('7');
    expect(newest([first, command('7')])).to.equal(first);
  });
});
