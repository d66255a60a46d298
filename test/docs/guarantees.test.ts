import { expect } from 'chai';
import { INVARIANTS } from '../../src/simulation/checks/invariants.ts';
import { read } from './markdown.ts';

describe('the guarantees', () => {
  it('list the invariants of the simulation that show them, and none that there is not', () => {
    const sections = read('GUARANTEES.md')
      .split(/^## (?=\d+\. )/m)
      .slice(1);
    const listed = sections.flatMap((section) => {
      const guarantee = Number.parseInt(section);
      const list = /^Invariants: ([^]*?)\.\n/m.exec(section)?.[1] ?? '';
      const isShown = /shown by[^]*simulation/i.test(section);
      expect(list !== '', `section ${guarantee}`).to.equal(isShown);
      return [...list.matchAll(/`([^`]+)`/g)].map(([, name]) => [name!.replaceAll(/\s+/g, ' '), guarantee]);
    });
    const expected = Object.entries(INVARIANTS).map(([name, { guarantee }]) => [name, guarantee]);
    expect(listed).to.deep.equal(expected);
  });
});
