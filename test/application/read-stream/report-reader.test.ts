import { expect } from 'chai';
import { MemoryMetrics } from '../../../src/adapters/memory/memory-metrics.ts';
import type { ReaderStatus } from '../../../src/application/read-stream/reader-status.ts';
import { ReaderReport } from '../../../src/application/read-stream/report-reader.ts';
import type { StreamGap } from '../../../src/domain/shard.ts';
import { RecordingLogger } from '../doubles.ts';

const GAP: StreamGap = { stream: 'arn', shard: 's1', reason: 'trimmed', after: '1', at: 0 };
const SHARD = { shard: 's2', lagMs: 3, held: 1, blockedItems: 0, frontier: undefined, problem: undefined };

function statusWith(some: Partial<ReaderStatus>): ReaderStatus {
  const none = {
    isReady: true,
    lastProgressAt: 0,
    shards: [],
    lagMs: undefined,
    open: 0,
    gaps: [],
    handled: 0,
  };
  return { ...none, isSwitchedOff: false, ...some };
}

describe('the metrics of a reader', () => {
  it('given a reader, then they say what it has handled since the time before, and all else as it is', () => {
    const metrics = new MemoryMetrics();
    const report = new ReaderReport(metrics, new RecordingLogger());
    const lagging = statusWith({ handled: 5, lagMs: 700, shards: [SHARD, SHARD], gaps: [GAP] });
    for (const status of [lagging, { ...lagging, handled: 12 }, statusWith({ handled: 12 })])
      report.say(status);
    const told = metrics.batches.map(({ metrics: batch }) =>
      ['RecordsHandled', 'ReaderLag', 'OpenGaps', 'LeasesHeld'].map((name) => batch.get(name as 'ReaderLag')),
    );
    expect(told).to.deep.equal([
      [5, 700, 1, 2],
      [7, 700, 1, 2],
      // A lag that is not known is none of 0.
      [0, undefined, 0, 0],
    ]);
  });

  it('given metrics that cannot be written, then it is logged, and reading goes on', () => {
    const logger = new RecordingLogger();
    const error = new Error('the pipe is closed');
    const broken = Object.assign(new MemoryMetrics(), {
      flush: () => {
        throw error;
      },
    });
    new ReaderReport(broken, logger).say(statusWith({}));
    expect(logger.of('metrics not published')).to.deep.equal([{ error }]);
  });
});
