import { expect } from 'chai';
import { sampleBound } from '../../../src/domain/drift/sample-bound.ts';

describe('sampleBound', () => {
  it('given a sample in which nothing differs, then proves about three over its size', () => {
    expect(sampleBound(1_000, 0)).to.be.closeTo(1 - 0.05 ** (1 / 1_000), 1e-12);
    expect(sampleBound(100_000, 0)).to.be.closeTo(0.00003, 1e-7);
  });

  it('given rows that differ, then proves what tables of binomial bounds say', () => {
    // Clopper and Pearson, one-sided, 95 %: qbeta(0.95, k + 1, n - k).
    expect(sampleBound(10, 1)).to.be.closeTo(0.3942, 0.0001);
    expect(sampleBound(20, 5)).to.be.closeTo(0.4556, 0.0001);
    expect(sampleBound(100, 3)).to.be.closeTo(0.0757, 0.0001);
  });

  it('given no sample, or one in which all differ, then proves nothing', () => {
    expect([sampleBound(0, 0), sampleBound(5, 5)]).to.deep.equal([1, 1]);
  });

  it('given large samples with many that differ, then still is a number between their share and 1', () => {
    const bound = sampleBound(10_000, 3_000);
    expect(bound).to.be.within(0.3, 0.31);
  });
});
