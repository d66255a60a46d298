import type { ColdStart } from '../measures/cold-start.ts';
import type { Comparison, Stages } from '../measures/engine.ts';
import type { LocalComparison } from '../measures/local.ts';
import type { Memory } from '../measures/memory.ts';
import type { Throughput } from '../measures/throughput.ts';
import { figure, spread } from './figures.ts';
import type { Goal } from './goals.ts';
import type { Machine } from './machine.ts';

export function machineLine({ processor, cores, memoryGiB, system, node, load }: Machine): string {
  return `${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}; load ${load} before`;
}

export function throughputLine(cell: Throughput): string {
  const rates = Object.entries(cell.recordsPerSecond).map(([name, rate]) => {
    const times = cell.timesAsLong[name];
    return name === 'Contrail' || times === undefined
      ? `${name} ${figure(rate.median)}/s`
      : `${name} ${figure(rate.median)}/s, ${spread(times)}×`;
  });
  const label = `${cell.workload}, ${cell.records} at ${cell.latencyMs} ms (measured ${figure(cell.measuredLatencyMs)})`;
  return `${label.padEnd(48)} ${rates.join(' · ')} · requests ${figure(cell.requests['Contrail'] ?? 0)} of ${figure(cell.leastRequests)} per thousand`;
}

export function coldStartLine(cold: ColdStart): string {
  const { against, milliseconds, peerMilliseconds, ratio, processorRatio } = cold;
  return `first response of a new process against ${against}: ${spread(ratio)} (${figure(milliseconds.median)} ms against ${figure(peerMilliseconds.median)} ms), of processor time ${spread(processorRatio)}`;
}

export function comparisonLine({ what, against, microseconds, peerMicroseconds, ratio }: Comparison): string {
  return `${what} against ${against}: ${spread(ratio)} (${figure(microseconds.median)} µs against ${figure(peerMicroseconds.median)} µs)`;
}

export function stagesLine(stages: Stages): string {
  const parts = Object.entries(stages).map(([stage, time]) => `${stage} ${spread(time)}`);
  return `microseconds per record of a mixed batch: ${parts.join(' · ')}`;
}

export function memoryLine({ subject, records, eventBytes, live, withGarbage }: Memory): string {
  return `${subject}, ${records} records: event ${figure(eventBytes / 2 ** 20)} MiB; peak ${spread(live)} of it, with garbage ${spread(withGarbage)}`;
}

export function localLine({
  peer,
  records,
  timesAsLong,
  timesAsLongInModel,
  requestMs,
}: LocalComparison): string {
  return `${records} mixed records, ${peer}: ${spread(timesAsLong)}× on the servers, ${spread(timesAsLongInModel)}× in the model at ${figure(requestMs)} ms`;
}

export function goalTable(goals: readonly Goal[]): string {
  const rows = goals.map(({ what, is, bound, measured, met }) => [
    what,
    `${is === 'at least' ? '≥' : '≤'} ${figure(bound)}`,
    spread(measured),
    met ? 'met' : 'missed',
  ]);
  return table(['goal', 'bound', 'measured', ''], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}
