import { expect } from 'chai';
import { CHECKS } from '../../src/application/doctor/checks.ts';
import { read } from './markdown.ts';

describe('docs/doctor.md', () => {
  it('has every check, in the order of the report, with what is well', () => {
    const rows = [...read('docs/doctor.md').matchAll(/^\| `([a-z-]+)` +\| (.+?) +\|$/gm)];
    expect(rows.map(([, name, about]) => [name, about])).to.deep.equal(
      CHECKS.map(({ name, about }) => [name, about]),
    );
  });
});
