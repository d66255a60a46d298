import type { BatchTimes } from '../measures/batches.ts';
import type { Counts } from '../measures/counts.ts';
import type { Comparison } from '../measures/engine.ts';
import type { Memory } from '../measures/memory.ts';
import type { PlannedBatch } from '../plan.ts';
import { type Bar, barChart } from './svg.ts';
import { figure } from './figures.ts';
import type { Measured } from './goals.ts';

/** The plots, by the name of their file. Nothing measured, no plot. */
export function plotsOf({
  counts,
  batches,
  engine,
  memory,
}: Pick<Measured, 'counts' | 'batches' | 'engine' | 'memory'>): Readonly<Record<string, string>> {
  return {
    ...(batches.length > 0 && {
      'throughput.svg': byLatency(batches),
      'workloads.svg': byWorkload(batches),
    }),
    ...(counts.length > 0 && { 'requests.svg': requests(counts), 'dollars.svg': dollars(counts) }),
    ...(engine.length > 0 && { 'processor.svg': processor(engine) }),
    ...(memory.length > 0 && { 'memory.svg': memoryBySize(memory) }),
  };
}

function byLatency(batches: readonly BatchTimes[]): string {
  // Of the others there is one latency.
  const usual = batches.filter(({ times }) => 'record by record' in times);
  return barChart({
    title: `Records per second, mixed batch of ${figure(usual[0]?.records ?? 0)}`,
    note: 'by the latency of one request; the lengths are logarithmic, longer is better',
    logarithmic: true,
    groups: usual.map((one) => ({ title: `${one.latencyMs} ms`, bars: ratesOf(one) })),
  });
}

function byWorkload(batches: readonly BatchTimes[]): string {
  const middle = batches.find(({ workload }) => workload !== 'mixed')?.latencyMs;
  return barChart({
    title: 'Records per second, by workload',
    note: `one batch, ${middle} ms a request; the lengths are logarithmic, longer is better`,
    logarithmic: true,
    groups: batches
      .filter(({ latencyMs }) => latencyMs === middle)
      .map((one) => ({ title: titleOf(one), bars: ratesOf(one) })),
  });
}

function titleOf({ workload, records }: PlannedBatch): string {
  return `${workload}, ${figure(records)} records`;
}

function ratesOf({ times }: BatchTimes): Bar[] {
  return Object.entries(times)
    .filter(([label]) => label !== 'Contrail, silent')
    .map(
      ([
        label,
        {
          recordsPerSecond: { median, low, high },
        },
      ]) => ({
        label,
        value: median,
        text: `${figure(median)}/s`,
        range: [low, high],
        own: label === 'Contrail',
      }),
    );
}

function requests(counts: readonly Counts[]): string {
  return barChart({
    title: 'Requests for a batch',
    note: 'shorter is better; the least possible is computed from the batch',
    groups: counts.map((one) => ({
      title: titleOf(one),
      bars: [['least possible', one.leastRequests] as const, ...Object.entries(one.requests)].map(
        ([label, value]) => ({ label, value, text: figure(value), own: label === 'Contrail' }),
      ),
    })),
  });
}

function dollars(counts: readonly Counts[]): string {
  return barChart({
    title: 'Dollars for a million changes',
    note: 'what DynamoDB and SQS bill on demand; shorter is better',
    groups: counts.map((one) => ({
      title: titleOf(one),
      bars: Object.entries(one.dollarsPerMillion).map(([label, value]) => ({
        label,
        value,
        text: `$${figure(value)}`,
        own: label === 'Contrail',
      })),
    })),
  });
}

function processor(comparisons: readonly Comparison[]): string {
  return barChart({
    title: 'Processor time per record, in microseconds',
    note: 'the lengths are logarithmic, shorter is better',
    logarithmic: true,
    groups: comparisons.map(({ subject, what, against, microseconds, peerMicroseconds }) => ({
      title: `${what}, against ${against}`,
      bars: [
        { label: subject, of: microseconds, own: subject === 'Contrail' },
        { label: /^(?:the same|logging)/.test(against) ? against : 'peer', of: peerMicroseconds, own: false },
      ].map(({ label, of: { median, low, high }, own }) => ({
        label,
        value: median,
        text: `${figure(median)} µs`,
        range: [low, high] as const,
        own,
      })),
    })),
  });
}

function memoryBySize(memory: readonly Memory[]): string {
  const sizes = [...new Set(memory.map(({ records }) => records))];
  return barChart({
    title: 'Peak memory, as a multiple of the event’s own',
    note: 'what is reachable, the event included; shorter is better',
    groups: sizes.map((size) => ({
      title: `${figure(size)} records`,
      bars: memory
        .filter(({ records }) => records === size)
        .map(({ subject, live: { median, low, high } }) => ({
          label: subject,
          value: median,
          text: `${figure(median)}×`,
          range: [low, high] as const,
          own: subject === 'Contrail',
        })),
    })),
  });
}
