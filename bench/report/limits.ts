import type { Results } from '../publish/results.ts';
import { figure } from './figures.ts';
import type { Goal } from './goals.ts';

/** How near to a goal anybody could come who sends the same requests, or keeps the same guarantees. */
export interface Limit {
  readonly goal: Goal;
  readonly limit: number;
  /** What it follows from. */
  readonly because: string;
}

/** The limits of the goals that were measured, and that waiting, the SDK's clients or the guarantees may rule out. */
export function limitsOf({ goals, figures }: Pick<Results, 'goals' | 'figures'>): readonly Limit[] {
  const { counts, batches, coldStarts, small, waiting } = figures;
  const found: Limit[] = [];
  const add = (what: RegExp, limit: number, because: string) => {
    const goal = goals.find((one) => what.test(one.what));
    if (goal !== undefined && Number.isFinite(limit)) found.push({ goal, limit, because });
  };
  const usual = batches.find(({ times }) => times['the SDK alone'] !== undefined);
  if (usual === undefined) return [];
  const leastMsOf = (workload: string, records: number) =>
    usual.latencyMs *
    (counts.find((one) => one.workload === workload && one.records === records)?.leastLatencies ?? NaN);
  const sdkMs = ((usual.times['the SDK alone']?.microseconds.median ?? NaN) * usual.records) / 1000;
  const peerMs = (one: typeof usual, peer: keyof typeof usual.times) => {
    const own = (one.records * 1000) / (one.times.Contrail?.recordsPerSecond.median ?? NaN);
    return own * (one.times[peer]?.timesAsLong.median ?? NaN);
  };
  const leastMs = Math.max(leastMsOf(usual.workload, usual.records), sdkMs);
  const leastOfUsual = `the longer of the least chain, ${figure(leastMsOf(usual.workload, usual.records))} ms, and the SDK's processor time, ${figure(sdkMs)}`;
  const powertoolsMs = peerMs(usual, 'Powertools parallel');
  add(
    /^mixed batch .*as fast as Powertools/,
    powertoolsMs / leastMs,
    `its ${figure(powertoolsMs)} ms, against ${leastOfUsual}`,
  );
  const strongMs = peerMs(usual, 'strong, exactly once');
  add(
    /time against the strong worker/,
    leastMs / strongMs,
    `${leastOfUsual}, against its ${figure(strongMs)} ms`,
  );
  for (const [workload, records, what] of [
    ['hot tuple', 1_000, /^the worst workload, hot tuple/],
    ['mixed', 10, /^mixed batch of 10: time against Powertools/],
  ] as const) {
    const one = batches.find((some) => some.workload === workload && some.records === records);
    if (one === undefined) continue;
    const [theirs, least] = [peerMs(one, 'Powertools parallel'), leastMsOf(workload, records)];
    add(
      what,
      workload === 'mixed' ? least / theirs : theirs / least,
      `the least chain, ${figure(least)} ms, and its ${figure(theirs)} ms`,
    );
  }
  const dollars = counts.map((one) => ({
    ...one,
    least: one.leastDollarsPerMillion,
    peer: one.dollarsPerMillion['record by record'],
  }));
  const dearest = dollars.toSorted((one, other) => other.least / other.peer - one.least / one.peer)[0];
  const dollarsOfUsual = dollars.find(
    ({ workload, records }) => workload === usual.workload && records === usual.records,
  );
  for (const [what, one] of [
    [/^dollars against record by record, the worst workload/, dearest],
    [/^dollars against record by record, mixed batch/, dollarsOfUsual],
  ] as const)
    if (one !== undefined)
      add(
        what,
        one.least / one.peer,
        `${one.workload}, ${figure(one.records)}: the fewest dollars where a state and its count move in one transaction, $${figure(one.least)}, and its $${figure(one.peer)}`,
      );
  const [byHand] = coldStarts;
  const bare = coldStarts.find(({ against }) => against === 'the SDK alone');
  if (byHand !== undefined && bare !== undefined) {
    const [least, theirs] = [bare.peerMilliseconds.median, byHand.peerMilliseconds.median];
    add(
      /^first effect/,
      least / theirs,
      `a function that loads the SDK's two clients and sends a message at once, ${figure(least)} ms, and the handler's ${figure(theirs)} ms`,
    );
  }
  if (small !== undefined) {
    if (small.leastPeakMb !== undefined)
      add(/^MB that an event/, small.leastPeakMb.median, "Node, the SDK's clients, and the event");
    const seconds = sdkMs / 1000 / small.share;
    const theirs = (usual.records / small.recordsPerSecond.median) * small.timesAsLong.median;
    const because = `the SDK's processor time at ${figure(small.share)} of a core, ${figure(seconds * 1000)} ms a batch`;
    add(
      /^at 512 MB: times as fast/,
      theirs / seconds,
      `${because}, and Powertools' ${figure(theirs * 1000)} ms`,
    );
    add(/^at 512 MB: thousands/, usual.records / seconds / 1000, because);
  }
  if (waiting !== undefined) {
    // As if none of it fell into the waiting. A worker that takes longer comes nearer: so it is Contrail's own.
    const ownMs = ((usual.times.Contrail?.microseconds.median ?? NaN) * usual.records) / 1000;
    const [p50, p99] = [waiting.p50, waiting.p99].map((one) => one * usual.latencyMs + ownMs) as [
      number,
      number,
    ];
    add(
      /p99 against p50/,
      p99 / p50,
      `Contrail's waiting alone, ${figure(waiting.p50)} and ${figure(waiting.p99)} latencies, and its processor time, ${figure(ownMs)} ms, with both`,
    );
  }
  return found;
}
