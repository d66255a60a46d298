import { expect } from 'chai';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { MemoryQuarantine } from '../../src/adapters/memory/memory-quarantine.ts';
import { Clock } from '../../src/application/ports/clock.ts';
import { ALWAYS_PUBLISHED, METRICS, type MetricName } from '../../src/application/ports/metrics.ts';
import {
  faaRow,
  icaoVariantRow,
  imageRow,
  linkRow,
  SourceTable,
  streamRecord,
  withDynamodb,
} from '../support/stream-records.ts';
import { NO_TALLIES } from '../../src/application/tallies.ts';
import { aWorker } from './worker.ts';

const entity = { orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId: 'N1' } as const;
const MADE_AT = 1_767_603_600;

/** Goes through the times, and stays at the last. */
class ScriptedClock extends Clock {
  readonly #times: number[];

  constructor(...times: number[]) {
    super();
    this.#times = times;
  }

  override now(): number {
    return (this.#times.length > 1 ? this.#times.shift() : this.#times[0]) ?? 0;
  }
}

function figuresOf(metrics: MemoryMetrics): Partial<Record<MetricName, number>> {
  const [batch] = metrics.batches;
  return Object.fromEntries([...(batch?.metrics ?? [])].filter(([, value]) => value !== 0));
}

describe('the metrics of a batch', () => {
  it('given records of every outcome, then each is counted once, and so is each effect', async () => {
    const table = new SourceTable();
    const first = table.put(faaRow('N1'));
    const worker = aWorker({
      quarantine: new MemoryQuarantine(),
      clock: new ScriptedClock(MADE_AT * 1000 + 5_000, MADE_AT * 1000 + 5_250),
    });
    const keysOnly = withDynamodb(table.put(faaRow('N2')), {
      StreamViewType: 'KEYS_ONLY',
      NewImage: undefined,
    });
    await worker.handle(
      first,
      first,
      table.put(icaoVariantRow('x')),
      table.put(linkRow('1', '2', ['CESSNA', '172', 'C172'])),
      table.put(imageRow(entity, '1')),
      keysOnly,
      table.put(faaRow('N2')),
      { dynamodb: {} },
    );
    expect(worker.metrics.batches).to.have.length(1);
    expect(figuresOf(worker.metrics)).to.deep.equal({
      BatchRecords: 8,
      RecordsApplied: 3,
      RecordsIgnored: 1,
      RecordsDuplicate: 1,
      RecordsFailed: 1,
      RecordsHeldBack: 1,
      RecordsQuarantined: 1,
      SearchUpserts: 2,
      DefaultImagesCreated: 1,
      MatcherIncremented: 1,
      BatchDuration: 250,
      NewestChangeAge: 5_250,
      OldestChangeAge: 5_250,
    } satisfies Partial<Record<MetricName, number>>);
  });

  for (const ages of [
    [30, 90, 60],
    [60, 90, 30],
  ])
    it(`given changes that are ${ages.join(', ')} seconds old, then the extremes count`, async () => {
      const worker = aWorker({ clock: new ScriptedClock(MADE_AT * 1000) });
      const records = ages.map((seconds, n) =>
        withDynamodb(streamRecord({ after: icaoVariantRow(`${n}`), sequence: n + 1 }), {
          ApproximateCreationDateTime: MADE_AT - seconds,
        }),
      );
      await worker.handle(...records);
      expect(figuresOf(worker.metrics)).to.include({ NewestChangeAge: 30_000, OldestChangeAge: 90_000 });
    });

  it('given clocks that disagree or go backwards, then nothing is below zero', async () => {
    const worker = aWorker({ clock: new ScriptedClock(MADE_AT * 1000 - 1_000, MADE_AT * 1000 - 9_000) });
    await worker.handle(streamRecord({ after: faaRow('N1') }));
    const figures = worker.metrics.batches[0]?.metrics;
    for (const name of ['BatchDuration', 'NewestChangeAge', 'OldestChangeAge'] as const)
      expect(figures?.get(name), name).to.equal(0);
  });

  it('given records without a time, then there is no age', async () => {
    const worker = aWorker();
    await worker.handle({ dynamodb: {} });
    expect(figuresOf(worker.metrics)).to.not.have.any.keys('NewestChangeAge', 'OldestChangeAge');
  });

  it('alarms can rely on what is always published', () => {
    expect(ALWAYS_PUBLISHED).to.deep.equal({
      worker: ['RecordsApplied', 'RecordsFailed', 'RecordsQuarantined', 'MatcherLate', 'BatchRecords'],
      indexer: ['DocumentsWritten', 'ActionsRefused', 'ActionsFailed'],
      reader: ['RecordsHandled', 'StreamThrottles', 'OpenGaps', 'LeasesHeld'],
      verify: ['Verifications', 'Drift', 'Undecided'],
    });
  });

  it('every tally of every use case has a metric of its own', () => {
    const names = Object.entries({
      Search: NO_TALLIES.search,
      DefaultImages: NO_TALLIES.defaultImages,
      Matcher: NO_TALLIES.matcher,
    }).flatMap(([prefix, tallies]) =>
      Object.keys(tallies).map((tally) => `${prefix}${tally.charAt(0).toUpperCase()}${tally.slice(1)}`),
    );
    expect(Object.keys(METRICS)).to.include.members(names);
  });
});
