import { expect } from 'chai';
import { IndexFigures } from '../../src/application/index-progress.ts';
import { ZERO_INDEXED } from '../../src/application/report-indexing.ts';

describe('IndexFigures', () => {
  it('given batches, then it says how many messages ended in a second, over the last ten', () => {
    const figures = new IndexFigures();
    for (const [now, written] of [
      [0, 1_000],
      [55_000, 20],
      [60_000, 30],
    ] as const)
      figures.add({ ...ZERO_INDEXED, written }, now);
    expect(figures.perSecond(60_000)).to.equal(10);
    expect(figures.tally.written).to.equal(1_050);
  });

  it('given that nobody ever asks, then what is older than that is not kept', () => {
    const figures = new IndexFigures();
    for (const now of [0, 1_000, 60_000]) figures.add({ ...ZERO_INDEXED, written: 5 }, now);
    // Asked for as of then, it would tell of all that it has kept.
    expect(figures.perSecond(0)).to.equal(5);
  });
});
