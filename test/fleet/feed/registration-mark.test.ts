import { expect } from 'chai';
import { faaMarkAt, foreignMark } from '../../../src/fleet/feed/registration-mark.ts';
import { Random } from '../../../src/random/random.ts';

describe('registration mark', () => {
  it('goes with its address, as the FAA assigns them', () => {
    const known = { N1: 'a00001', N1A: 'a00002', N12345: 'a061d9', N99999: 'adf7c7' };
    for (const [registration, icao24] of Object.entries(known))
      expect(faaMarkAt(Number.parseInt(icao24, 16) - 0xa00001)).to.include({ registration, icao24 });
  });

  it('is never given twice, and never with the letters I and O', () => {
    const marks = new Set<string>();
    for (let place = 0; place < 915_399; place++) marks.add(faaMarkAt(place).registration);
    expect(marks.size).to.equal(915_399);
    for (const mark of marks)
      if (!/^N[1-9](\d{0,4}|\d{0,3}[A-HJ-NP-Z]|\d{0,2}[A-HJ-NP-Z]{2})$/.test(mark)) expect.fail(mark);
  });

  it('of other countries has an address of six digits', () => {
    const random = Random.of(1);
    for (let i = 0; i < 1000; i++) expect(foreignMark(random).icao24).to.match(/^[0-9a-f]{6}$/);
  });
});
