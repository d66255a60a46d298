import { expect } from 'chai';
import { time } from '../../src/entrypoints/cli/options.ts';

describe('an option that is a time', () => {
  it('given one with its zone, or a day, then it is the same everywhere', () => {
    for (const text of ['2026-11-29T09:00:00Z', '2026-11-29T10:00+01:00', '2026-11-29T09:00:00.000Z'])
      expect(time(text), text).to.equal(Date.UTC(2026, 10, 29, 9));
    expect(time('2026-11-29')).to.equal(Date.UTC(2026, 10, 29));
  });

  it('given anything else, then it is refused', () => {
    for (const text of ['', 'yesterday', '2026-11-29T09:00:00', '2026-13-29', '2026', '1796000000000'])
      expect(() => time(text), text).to.throw(/Expected a time like 2026-11-29T09:00:00Z, with its zone/);
  });
});
