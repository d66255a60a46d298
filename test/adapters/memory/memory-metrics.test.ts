import { expect } from 'chai';
import { MemoryMetrics } from '../../../src/adapters/memory/memory-metrics.ts';
import { range } from '../../support/range.ts';

describe('MemoryMetrics', () => {
  it('given several batches and one that goes on, when asked, then totals are over all of them', () => {
    const metrics = new MemoryMetrics();
    for (const value of [1, 2]) {
      metrics.add('Retries', value);
      metrics.request('PutItem');
      metrics.flush();
    }
    metrics.add('Retries', 4);
    metrics.request('PutItem');
    metrics.request('GetItem');
    expect(metrics.total('Retries')).to.equal(7);
    expect(metrics.total('Conflicts')).to.equal(0);
    expect([...metrics.requests]).to.deep.equal([
      ['PutItem', 3],
      ['GetItem', 1],
    ]);
  });

  it('given more than a hundred batches, then the last hundred are there, and totals are of all', () => {
    const metrics = new MemoryMetrics();
    for (const n of range(150)) {
      metrics.add('BatchRecords', n);
      metrics.flush();
    }
    expect(metrics.batches.map((batch) => batch.metrics.get('BatchRecords'))).to.deep.equal(
      range(100).map((n) => n + 50),
    );
    expect(metrics.total('BatchRecords')).to.equal((149 * 150) / 2);
  });
});
