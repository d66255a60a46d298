import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { exactly } from '../../bench/measures/statistics.ts';
import { type Figures, readResults, resultsOf } from '../../bench/publish/results.ts';
import { limitsOf } from '../../bench/report/limits.ts';

describe('the limits of the goals', () => {
  const published = readResults(readFileSync(new URL('../../bench/results.json', import.meta.url), 'utf8'));

  /** The limit of the goal that begins so, in a run with these figures. */
  function limitOf(goal: RegExp, figures: Partial<Figures>): number | undefined {
    const results = resultsOf(published.runs, { ...published.figures, ...figures });
    return limitsOf(results).find(({ goal: { what } }) => goal.test(what))?.limit;
  }

  const usual = published.figures.batches.find(({ times }) => times['the SDK alone'] !== undefined)!;
  /** The usual batch, where Contrail takes a second, and the others as many times as long. */
  function usualBatch(timesAsLong: number, sdkMicroseconds: number) {
    const of = (name: keyof typeof usual.times, change: object) => ({
      [name]: { ...usual.times[name]!, ...change },
    });
    const times = {
      ...usual.times,
      ...of('Contrail', { recordsPerSecond: exactly(usual.records) }),
      ...of('strong, exactly once', { timesAsLong: exactly(timesAsLong) }),
      ...of('the SDK alone', { microseconds: exactly(sdkMicroseconds) }),
    };
    return [{ ...usual, times }];
  }
  const counts = (leastLatencies: number) =>
    published.figures.counts
      .filter(({ workload, records }) => workload === usual.workload && records === usual.records)
      .map((one) => ({ ...one, leastLatencies }));

  it('given a chain of requests longer than the SDK takes, then no worker is sooner done than the chain', () => {
    const limit = limitOf(/time against the strong worker/, {
      batches: usualBatch(2, 1),
      counts: counts(100),
    });
    // 100 latencies, against the peer's two seconds.
    expect(limit).to.be.closeTo((100 * usual.latencyMs) / 2000, 1e-9);
  });

  it('given an SDK that takes longer than the chain, then no worker is sooner done than the SDK', () => {
    const limit = limitOf(/time against the strong worker/, {
      batches: usualBatch(2, 1_000),
      counts: counts(1),
    });
    expect(limit).to.be.closeTo(usual.records / 2000, 1e-9);
  });

  it('given what a link costs that is counted once, then the fewest dollars are the limit of the worst workload and of the usual batch', () => {
    const dollars = (least: number, peer: number) => (one: (typeof published.figures.counts)[number]) => ({
      ...one,
      leastDollarsPerMillion: least,
      dollarsPerMillion: { ...one.dollarsPerMillion, 'record by record': peer },
    });
    const [mixed] = counts(1);
    const other = { ...mixed!, workload: 'hot tuple' as const };
    const figures = { counts: [dollars(1, 2)(mixed!), dollars(3, 2)(other)] };
    expect(limitOf(/^dollars .* the worst workload/, figures)).to.equal(1.5);
    expect(limitOf(/^dollars .* mixed batch/, figures)).to.equal(0.5);
  });

  it('given what the SDK alone takes, then a first effect and a small function have limits, and without it none', () => {
    const [cold] = published.figures.coldStarts;
    const coldStarts = [
      { ...cold!, peerMilliseconds: exactly(100) },
      { ...cold!, against: 'the SDK alone' as const, peerMilliseconds: exactly(90) },
    ];
    expect(limitOf(/^first effect/, { coldStarts })).to.be.closeTo(0.9, 1e-9);
    expect(limitOf(/^first effect/, { coldStarts: coldStarts.slice(0, 1) })).to.equal(undefined);
    const small = { ...published.figures.small!, leastPeakMb: exactly(129) };
    expect(limitOf(/^MB that an event/, { small })).to.equal(129);
  });

  it('given batches that wait longer than others, then their waiting is a limit of the tail', () => {
    const limit = limitOf(/p99 against p50/, {
      batches: usualBatch(2, 1),
      waiting: { p50: 10, p99: 20 },
    });
    const ownMs = (usual.times.Contrail!.microseconds.median * usual.records) / 1000;
    const msOf = (latencies: number) => latencies * usual.latencyMs + ownMs;
    expect(limit).to.be.closeTo(msOf(20) / msOf(10), 1e-9);
  });
});
