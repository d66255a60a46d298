import { expect } from 'chai';
import fc from 'fast-check';
import { packBatches } from '../../src/application/pack-batches.ts';

describe('packBatches', () => {
  const pack = (sizes: readonly number[], limits = { count: 10, weight: 100 }) =>
    packBatches(sizes, (size) => size, limits);

  it('given nothing, when packed, then there is no batch', () => {
    expect(pack([])).to.deep.equal({ batches: [], oversized: [] });
  });

  it('given small items, when packed, then every batch but the last has ten', () => {
    for (const length of [1, 9, 10, 11, 20, 99, 1000]) {
      const { batches } = pack(Array<number>(length).fill(1));
      expect(batches).to.have.length(Math.ceil(length / 10));
      expect(batches.slice(0, -1).every((batch) => batch.length === 10)).to.equal(true);
    }
  });

  it('given items that fill a batch to the byte, when packed, then they share it', () => {
    expect(pack([60, 40, 60, 41]).batches).to.deep.equal([[60, 40], [60], [41]]);
  });

  it('given an item as large as a batch, when packed, then it has one of its own', () => {
    expect(pack([1, 100, 1])).to.deep.equal({ batches: [[1], [100], [1]], oversized: [] });
  });

  it('given items that are too large, then they are set apart, and the others packed as if alone', () => {
    expect(pack([101, 50, 1000, 50])).to.deep.equal({ batches: [[50, 50]], oversized: [101, 1000] });
  });

  it('packs any items once, in order, within the limits, into as few batches as the order allows', () => {
    const arbitrary = fc.record({
      sizes: fc.array(fc.oneof(fc.nat(130), fc.nat(5)), { maxLength: 80 }),
      count: fc.integer({ min: 1, max: 12 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ sizes, count }) => {
        const items = sizes.map((size, index) => ({ size, index }));
        const limits = { count, weight: 100 };
        const { batches, oversized } = packBatches(items, ({ size }) => size, limits);
        expect(batches.flat()).to.deep.equal(items.filter(({ size }) => size <= 100));
        expect(oversized).to.deep.equal(items.filter(({ size }) => size > 100));
        for (const batch of batches) {
          expect(batch.length).to.be.within(1, count);
          expect(sum(batch.map(({ size }) => size))).to.be.at.most(100);
        }
        expect(batches.length).to.equal(
          fewest(
            batches.flat().map(({ size }) => size),
            limits,
          ),
        );
      }),
      { numRuns: 500 },
    );
  });
});

/** The least number of batches that items in this order fit into, by trying every first batch. */
function fewest(sizes: readonly number[], limits: { count: number; weight: number }): number {
  const least = [0];
  for (let end = 1; end <= sizes.length; end++) {
    const starts = [];
    for (let start = end - 1; start >= 0; start--) {
      const batch = sizes.slice(start, end);
      if (batch.length > limits.count || sum(batch) > limits.weight) break;
      starts.push(least[start]! + 1);
    }
    least.push(Math.min(...starts));
  }
  return least.at(-1)!;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
