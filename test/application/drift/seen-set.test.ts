import { expect } from 'chai';
import { SeenSet } from '../../../src/application/drift/seen-set.ts';
import { Fingerprinter } from '../../../src/domain/drift/fingerprint.ts';
import { range } from '../../support/range.ts';

const fingerprints = new Fingerprinter(() => 0.37);

describe('SeenSet', () => {
  it('given many texts, then knows all of them and no others', () => {
    const seen = new SeenSet(1_000_000);
    for (const n of range(20_000)) seen.add(fingerprints.of(`row order ${n}`));
    expect(seen.size).to.equal(20_000);
    expect(range(20_000).every((n) => seen.has(fingerprints.of(`row order ${n}`)))).to.equal(true);
    expect(range(20_000).some((n) => seen.has(fingerprints.of(`row order x${n}`)))).to.equal(false);
  });

  it('given more than it may take, then takes no more', () => {
    const seen = new SeenSet(10);
    for (const n of range(20)) seen.add(fingerprints.of(`${n}`));
    expect(seen.size).to.equal(10);
    expect(seen.has(fingerprints.of('9'))).to.equal(true);
    expect(seen.has(fingerprints.of('10'))).to.equal(false);
  });

  it('given the fingerprint that is all zeros, then takes it like any other', () => {
    const seen = new SeenSet(10);
    expect(seen.has({ high: 0, low: 0 })).to.equal(false);
    seen.add({ high: 0, low: 0 });
    seen.add({ high: 0, low: 0 });
    expect([seen.has({ high: 0, low: 0 }), seen.size]).to.deep.equal([true, 1]);
  });
});

describe('Fingerprinter', () => {
  it('given other seeds, then gives other fingerprints, and the same ones for the same', () => {
    const [one, other] = [new Fingerprinter(() => 0.1), new Fingerprinter(() => 0.2)];
    expect(one.of('row')).to.deep.equal(new Fingerprinter(() => 0.1).of('row'));
    expect(one.of('row')).not.to.deep.equal(other.of('row'));
  });

  it('given texts that differ little, then all bits of their fingerprints differ about half of the time', () => {
    const flips = new Array<number>(64).fill(0);
    const [first, ...rest] = range(2_001).map((n) => fingerprints.of(`row order 12#CUSTOMER#${n}ORDER#1`));
    for (const { high, low } of rest)
      for (const bit of range(32)) {
        flips[bit]! += ((high ^ first!.high) >>> bit) & 1;
        flips[32 + bit]! += ((low ^ first!.low) >>> bit) & 1;
      }
    for (const flipped of flips) expect(flipped).to.be.within(800, 1_200);
  });
});
