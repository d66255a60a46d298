import { expect } from 'chai';
import { paired } from '../../bench/measures/paired.ts';
import { ratios, spreadOf } from '../../bench/measures/statistics.ts';
import { warmUp } from '../../bench/measures/warm-up.ts';
import { barChart } from '../../bench/report/svg.ts';

describe('the benchmarks’ statistics', () => {
  it('given an odd and an even number of values, then the median is the middle, or between the two', () => {
    expect(spreadOf([3, 1, 10])).to.deep.equal({ median: 3, low: 1, high: 10, runs: 3 });
    expect(spreadOf([4, 1, 3, 10]).median).to.equal(3.5);
  });

  it('given two series, then ratios are of pairs and not of medians', () => {
    expect(ratios([2, 30, 8], [1, 10, 8])).to.deep.equal({ median: 2, low: 1, high: 3, runs: 3 });
  });

  it('given series without pairs, then they are refused', () => {
    expect(() => ratios([1], [])).to.throw(RangeError);
    expect(() => spreadOf([])).to.throw(RangeError);
  });

  it('given subjects, then they take turns, the warm-up does not count, and every other round goes backwards', async () => {
    const order: string[] = [];
    const subject = (name: string) => () => order.push(name);
    const values = await paired([subject('a'), subject('b')], 2);
    expect(order.join('')).to.equal('baabba');
    expect(values).to.deep.equal([
      [3, 6],
      [4, 5],
    ]);
  });

  it('given a warm-up, then garbage is collected in its middle, and what follows is warmed up again', async () => {
    const done: string[] = [];
    const run = () => {
      done.push('batch');
      return Promise.resolve({ records: 10 });
    };
    await warmUp({ batches: 1, records: 20, milliseconds: Infinity }, run, () => done.push('collection'));
    expect(done).to.deep.equal(['batch', 'batch', 'collection', 'batch', 'batch']);
  });

  it('given a chart, then bars are as long as their values say, and labels are escaped', () => {
    const bar = (label: string, value: number) => ({ label, value, text: '' });
    const svg = barChart({
      title: 'a & b',
      note: '',
      groups: [{ title: '', bars: [bar('<x>', 50), bar('y', 100)] }],
    });
    const widths = [...svg.matchAll(/width="([\d.]+)" height="16"/g)].map(([, width]) => Number(width));
    expect(widths).to.have.length(2);
    expect(widths[1]).to.equal(2 * (widths[0] ?? 0));
    expect(svg).to.contain('a &amp; b').and.to.contain('&lt;x>');
  });
});
