import { expect } from 'chai';
import { EmfMetrics } from '../../../../src/adapters/aws/emf/emf-metrics.ts';
import {
  ALWAYS_PUBLISHED,
  GAUGES,
  METRICS,
  type MetricName,
} from '../../../../src/application/ports/metrics.ts';
import { range } from '../../../support/range.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
interface EmfDocument {
  readonly [member: string]: unknown;
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
}

function setUp() {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text) > 0 };
  const metrics = new EmfMetrics({ namespace: 'Fleet', service: 'worker', stream });
  /** The documents written since it was last asked. */
  const documents = () => written.splice(0).map(parsed);
  return { metrics, written, documents };
}

/** A document that says everything that CloudWatch asks for. */
function parsed(line: string): EmfDocument {
  expect(line, 'one line').to.match(/^[^\n]+\n$/);
  const document = JSON.parse(line) as EmfDocument;
  const { Timestamp, CloudWatchMetrics } = document._aws;
  expect(Date.now() - Timestamp).to.be.within(0, 10_000);
  expect(CloudWatchMetrics).to.have.length(1);
  const { Namespace, Dimensions, Metrics } = CloudWatchMetrics[0]!;
  expect(Namespace).to.equal('Fleet');
  expect(Dimensions).to.deep.equal([['service']]);
  expect(document['service']).to.equal('worker');
  expect(Metrics).to.have.length.within(1, 100);
  const names = Metrics.map(({ Name }) => Name);
  expect(Object.keys(document)).to.have.members(['_aws', 'service', ...names]);
  for (const name of names) {
    expect(name).to.match(/^[!-~]{1,255}$/);
    expect(document[name]).to.be.a('number');
  }
  return document;
}

function metricsOf(document: EmfDocument) {
  return document._aws.CloudWatchMetrics[0]!.Metrics;
}

describe('EmfMetrics', () => {
  it('given a batch, when flushed, then one document has its figures and their units', () => {
    const { metrics, documents } = setUp();
    metrics.add('RecordsApplied', 40);
    metrics.add('BatchDuration', 12.5);
    metrics.request('SendMessageBatch');
    metrics.flush();
    const [document, ...more] = documents();
    expect(more).to.be.empty;
    expect(document).to.include({ RecordsApplied: 40, BatchDuration: 12.5, SendMessageBatchRequests: 1 });
    expect(metricsOf(document!)).to.have.deep.members([
      { Name: 'RecordsApplied', Unit: 'Count' },
      { Name: 'BatchDuration', Unit: 'Milliseconds' },
      { Name: 'SendMessageBatchRequests', Unit: 'Count' },
      { Name: 'RecordsFailed', Unit: 'Count' },
      { Name: 'RecordsQuarantined', Unit: 'Count' },
      { Name: 'MatcherLate', Unit: 'Count' },
      { Name: 'BatchRecords', Unit: 'Count' },
    ]);
  });

  for (const [name, [unit]] of Object.entries(METRICS))
    it(`given ${name}, when flushed, then its unit is ${unit}`, () => {
      const { metrics, documents } = setUp();
      metrics.add(name as MetricName, 3);
      metrics.flush();
      expect(metricsOf(documents()[0]!)).to.deep.include({ Name: name, Unit: unit });
    });

  it('given counts of nothing, when flushed, then only those are written that alarms watch, and those of what there is', () => {
    const { metrics, documents } = setUp();
    for (const [name, [unit]] of Object.entries(METRICS))
      if (unit === 'Count') metrics.add(name as MetricName, 0);
    metrics.flush();
    expect(metricsOf(documents()[0]!).map(({ Name }) => Name)).to.have.members([
      ...ALWAYS_PUBLISHED.worker,
      ...GAUGES,
    ]);
  });

  it('given more metrics than a document may have, when flushed, then each is in one of several documents', () => {
    const { metrics, documents } = setUp();
    for (const n of range(200 - ALWAYS_PUBLISHED.worker.length)) metrics.request(`Operation${n}`);
    metrics.flush();
    expect(documents().map((document) => metricsOf(document).length)).to.deep.equal([100, 100]);
    for (const n of range(201 - ALWAYS_PUBLISHED.worker.length)) metrics.request(`Operation${n}`);
    metrics.flush();
    expect(documents().map((document) => metricsOf(document).length)).to.deep.equal([100, 100, 1]);
  });

  it('given operations that differ in what a name must not hold, when flushed, then they add up', () => {
    const { metrics, documents } = setUp();
    metrics.request('Put Item');
    metrics.request('Put\nItem');
    metrics.flush();
    expect(documents()[0]).to.include({ Put_ItemRequests: 2 });
  });

  it('given a stream that fails once, when flushed again, then the lost batch is not in the next', () => {
    let broken = true;
    const written: string[] = [];
    const write = (text: string) => {
      if (broken) throw new Error('broken pipe');
      return written.push(text) > 0;
    };
    const metrics = new EmfMetrics({ namespace: 'Fleet', service: 'worker', stream: { write } });
    metrics.add('RecordsApplied', 5);
    expect(() => metrics.flush()).to.throw('broken pipe');
    broken = false;
    metrics.add('RecordsApplied', 1);
    metrics.flush();
    expect(parsed(written[0]!)).to.include({ RecordsApplied: 1 });
  });
});
