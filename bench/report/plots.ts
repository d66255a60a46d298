import type { Comparison } from '../measures/engine.ts';
import type { Memory } from '../measures/memory.ts';
import type { Throughput } from '../measures/throughput.ts';
import { type Bar, barChart } from './svg.ts';
import { figure } from './figures.ts';

interface Measured {
  readonly throughput: readonly Throughput[];
  readonly engine: readonly Comparison[];
  readonly memory: readonly Memory[];
}

/** The plots, by the name of their file. Nothing measured, no plot. */
export function plotsOf({ throughput, engine, memory }: Measured): Readonly<Record<string, string>> {
  return {
    ...(throughput.length > 0 && {
      'throughput.svg': byLatency(throughput),
      'workloads.svg': byWorkload(throughput),
      'requests.svg': requests(throughput),
    }),
    ...(engine.length > 0 && { 'processor.svg': processor(engine) }),
    ...(memory.length > 0 && { 'memory.svg': memoryBySize(memory) }),
  };
}

function byLatency(cells: readonly Throughput[]): string {
  const [first] = cells;
  const mixed = cells.filter(({ workload, records }) => workload === 'mixed' && records === first?.records);
  const latencies = [...new Set(mixed.map(({ latencyMs }) => latencyMs))];
  return barChart({
    title: `Records per second, mixed batch of ${figure(first?.records ?? 0)}`,
    note: 'by the latency of one request; the lengths are logarithmic, longer is better',
    logarithmic: true,
    groups: latencies.map((latency) => ({
      title: `${latency} ms`,
      bars: ratesOf(mixed.filter(({ latencyMs }) => latencyMs === latency)),
    })),
  });
}

function byWorkload(cells: readonly Throughput[]): string {
  const batches = cells.filter(
    (cell) => cell.latencyMs === 5 || cells.every(({ latencyMs }) => latencyMs !== 5),
  );
  const titles = [...new Set(batches.map(titleOf))];
  return barChart({
    title: 'Records per second, by workload',
    note: 'one batch, 5 ms a request; the lengths are logarithmic, longer is better',
    logarithmic: true,
    groups: titles.map((title) => ({
      title,
      bars: ratesOf(batches.filter((cell) => titleOf(cell) === title)),
    })),
  });
}

function titleOf({ workload, records }: Throughput): string {
  return `${workload}, ${figure(records)} records`;
}

/** One bar a subject, of the first cell that has it. */
function ratesOf(cells: readonly Throughput[]): Bar[] {
  const bars = new Map<string, Bar>();
  for (const { recordsPerSecond } of cells)
    for (const [label, { median, low, high }] of Object.entries(recordsPerSecond))
      if (!bars.has(label))
        bars.set(label, {
          label,
          value: median,
          text: `${figure(median)}/s`,
          range: [low, high],
          own: label === 'Contrail',
        });
  return [...bars.values()];
}

function requests(cells: readonly Throughput[]): string {
  const one = new Map<string, Throughput>();
  for (const cell of cells) if (!one.has(cell.workload)) one.set(cell.workload, cell);
  return barChart({
    title: 'Requests per 1,000 records',
    note: 'shorter is better; the least possible is computed from the batch',
    groups: [...one.values()].map((cell) => ({
      title: titleOf(cell),
      bars: [
        { label: 'least possible', value: cell.leastRequests },
        ...Object.entries(cell.requests).map(([label, value]) => ({ label, value })),
      ].map(({ label, value }) => ({ label, value, text: figure(value), own: label === 'Contrail' })),
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
