import { expect } from 'chai';
import {
  ALWAYS_PUBLISHED,
  METRICS,
  type MetricName,
  type Metrics,
} from '../../src/application/ports/metrics.ts';
import { HOSTILE_NAMES } from '../support/hostile.ts';
import { range } from '../support/range.ts';

export interface MetricsHarness {
  readonly metrics: Metrics;
  /** The figures that went out since it was last asked, by name. Fails where one of a batch went out twice. */
  published(): ReadonlyMap<string, number>;
}

const NAMES = Object.keys(METRICS) as MetricName[];

/** What all metrics promise. */
export function metricsContract(name: string, setUp: () => MetricsHarness): void {
  describe(`${name} keep the contract of metrics`, () => {
    let metrics: Metrics;
    let flush: () => ReadonlyMap<string, number>;
    beforeEach(() => {
      const harness = setUp();
      metrics = harness.metrics;
      flush = () => {
        expect(harness.published(), 'before the batch ends').to.be.empty;
        metrics.flush();
        return harness.published();
      };
    });

    it('publishes what alarms watch, when nothing was added', () => {
      const figures = flush();
      for (const always of ALWAYS_PUBLISHED) expect(figures.get(always)).to.equal(0);
      for (const [, value] of figures) expect(value).to.equal(0);
    });

    for (const [index, metric] of NAMES.entries())
      it(`publishes ${metric}`, () => {
        metrics.add(metric, index + 1);
        expect(flush().get(metric)).to.equal(index + 1);
      });

    it('publishes all of them together, each with its own value', () => {
      for (const [index, metric] of NAMES.entries()) metrics.add(metric, index + 1);
      expect(flush()).to.deep.equal(new Map(NAMES.map((metric, index) => [metric, index + 1])));
    });

    it('adds up what belongs to one batch', () => {
      metrics.add('Retries', 2);
      metrics.add('RecordsFailed', 1);
      metrics.add('Retries', 3);
      expect(flush().get('Retries')).to.equal(5);
    });

    it('publishes an age of nothing, which says something', () => {
      metrics.add('NewestChangeAge', 0);
      expect(flush().get('NewestChangeAge')).to.equal(0);
    });

    it('keeps batches apart', () => {
      metrics.add('RecordsApplied', 7);
      metrics.add('Retries', 1);
      metrics.request('SendMessageBatch');
      flush();
      metrics.add('RecordsApplied', 2);
      const second = flush();
      expect(second.get('RecordsApplied')).to.equal(2);
      expect(second.get('Retries') ?? 0).to.equal(0);
      expect(second.get('SendMessageBatchRequests') ?? 0).to.equal(0);
    });

    it('counts requests by operation', () => {
      for (const operation of ['SendMessageBatch', 'BatchGetItem', 'SendMessageBatch'])
        metrics.request(operation);
      const figures = flush();
      expect(figures.get('SendMessageBatchRequests')).to.equal(2);
      expect(figures.get('BatchGetItemRequests')).to.equal(1);
    });

    it('loses nothing of a batch with very many operations', () => {
      const operations = range(250).map((n) => `Operation${n}`);
      for (const operation of operations) metrics.request(operation);
      metrics.add('RecordsApplied', 3);
      const figures = flush();
      for (const operation of operations) expect(figures.get(`${operation}Requests`)).to.equal(1);
      expect(figures.get('RecordsApplied')).to.equal(3);
    });

    for (const operation of [...HOSTILE_NAMES, '', '\u0000', '_aws', 'service', 'x'.repeat(5000)])
      it(`stands the operation ${JSON.stringify(operation.slice(0, 40))}`, () => {
        metrics.request(operation);
        metrics.request(operation);
        metrics.add('RecordsApplied', 3);
        const figures = flush();
        expect(figures.get('RecordsApplied')).to.equal(3);
        const others = [...figures].filter(([metric]) => !NAMES.includes(metric as MetricName));
        expect(others.map(([, value]) => value)).to.deep.equal([2]);
      });
  });
}
