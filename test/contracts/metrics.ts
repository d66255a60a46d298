import { expect } from 'chai';
import {
  ALWAYS_PUBLISHED,
  type MetricName,
  type Metrics,
  METRICS,
} from '../../src/application/ports/metrics.ts';
import { eachText } from './contract.ts';
import { HOSTILE_NAMES } from '../support/hostile.ts';
import { range } from '../support/range.ts';

export interface Harness {
  readonly metrics: Metrics;
  /** Ends the batch. Returns what went out, by name; fails where something went out twice, or before. */
  readonly flush: () => ReadonlyMap<string, number>;
}

const NAMES = Object.keys(METRICS) as MetricName[];

export function publishesWhatAlarmsWatchWhenNothingWasAdded({ flush }: Harness) {
  const figures = flush();
  for (const always of ALWAYS_PUBLISHED.worker) expect(figures.get(always)).to.equal(0);
  for (const [, value] of figures) expect(value).to.equal(0);
}

export function publishesAllTogether({ metrics, flush }: Harness) {
  for (const [index, metric] of NAMES.entries()) metrics.add(metric, index + 1);
  expect(flush()).to.deep.equal(new Map(NAMES.map((metric, index) => [metric, index + 1])));
}

export function addsUpWhatBelongsToOneBatch({ metrics, flush }: Harness) {
  metrics.add('Retries', 2);
  metrics.add('RecordsFailed', 1);
  metrics.add('Retries', 3);
  expect(flush().get('Retries')).to.equal(5);
}

export function publishesAnAgeOfNothing({ metrics, flush }: Harness) {
  metrics.add('NewestChangeAge', 0);
  expect(flush().get('NewestChangeAge')).to.equal(0);
}

export function keepsBatchesApart({ metrics, flush }: Harness) {
  metrics.add('RecordsApplied', 7);
  metrics.add('Retries', 1);
  metrics.request('SendMessageBatch');
  flush();
  metrics.add('RecordsApplied', 2);
  const second = flush();
  expect(second.get('RecordsApplied')).to.equal(2);
  expect(second.get('Retries') ?? 0).to.equal(0);
  expect(second.get('SendMessageBatchRequests') ?? 0).to.equal(0);
}

export function countsRequestsByOperation({ metrics, flush }: Harness) {
  for (const operation of ['SendMessageBatch', 'BatchGetItem', 'SendMessageBatch'])
    metrics.request(operation);
  const figures = flush();
  expect(figures.get('SendMessageBatchRequests')).to.equal(2);
  expect(figures.get('BatchGetItemRequests')).to.equal(1);
}

export function countsWhatEachEffectDid({ metrics, flush }: Harness) {
  metrics.add('badges:skip', 2);
  metrics.add('badges:processed', 1);
  metrics.add('mails:skip', 4);
  metrics.add('badges:skip', 1);
  const figures = flush();
  const found = ['badges:skip', 'badges:processed', 'mails:skip'].map((name) => figures.get(name));
  expect(found).to.deep.equal([3, 1, 4]);
  expect(flush().get('badges:skip') ?? 0).to.equal(0);
}

export function losesNothingOfVeryManyOperations({ metrics, flush }: Harness) {
  const operations = range(250).map((n) => `Operation${n}`);
  for (const operation of operations) metrics.request(operation);
  metrics.add('RecordsApplied', 3);
  const figures = flush();
  for (const operation of operations) expect(figures.get(`${operation}Requests`)).to.equal(1);
  expect(figures.get('RecordsApplied')).to.equal(3);
}

export const stands = eachText(
  [...HOSTILE_NAMES, '', '\u0000', '_aws', 'service', 'x'.repeat(5000)],
  ({ metrics, flush }: Harness, operation) => {
    metrics.request(operation);
    metrics.request(operation);
    metrics.add('RecordsApplied', 3);
    const figures = flush();
    expect(figures.get('RecordsApplied')).to.equal(3);
    const others = [...figures].filter(([metric]) => !NAMES.includes(metric as MetricName));
    expect(others.map(([, value]) => value)).to.deep.equal([2]);
  },
);
