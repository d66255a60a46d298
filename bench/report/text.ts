import { type Spread, spreadOf } from '../measures/statistics.ts';
import type { BatchTimes } from '../measures/batches.ts';
import type { ColdStart } from '../measures/cold-start.ts';
import type { Counts } from '../measures/counts.ts';
import type { DerivationsTimes } from '../measures/derivations.ts';
import type { Comparison, Stages } from '../measures/engine.ts';
import type { HotTupleTimes } from '../measures/hot-tuple.ts';
import type { IndexerTimes } from '../measures/indexer.ts';
import type { LocalComparison } from '../measures/local.ts';
import type { Memory } from '../measures/memory.ts';
import type { PostgresTimes } from '../measures/postgres.ts';
import type { SmallFunction } from '../measures/small-function.ts';
import type { FillComparison, FillRun } from '../measures/fill.ts';
import type { ReaderTimes } from '../measures/reader.ts';
import type { Waiting } from '../measures/waiting.ts';
import { SUBJECT_NAMES } from '../workers/subjects.ts';
import { figure, requestsText, spread } from './figures.ts';
import type { Machine } from './machine.ts';

export function machineLine({ processor, cores, memoryGiB, system, node, load }: Machine): string {
  return `${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}; load ${load} before`;
}

export function batchLine({ workload, records, latencyMs, measuredLatencyMs, times }: BatchTimes): string {
  const rates = Object.entries(times).map(([name, one]) => {
    const rate = `${name} ${figure(one.recordsPerSecond.median)}/s, ${figure(one.microseconds.median)} µs`;
    return name === 'Contrail' ? rate : `${rate}, ${spread(one.timesAsLong)}×`;
  });
  const label = `${workload}, ${records} at ${latencyMs} ms (measured ${figure(measuredLatencyMs)})`;
  return `${label.padEnd(48)} ${rates.join(' · ')}`;
}

const WAITING = ['Contrail', 'strong, exactly once', 'Powertools parallel'] as const;

export function countsTable(counts: readonly Counts[]): string {
  const rows = counts.map(({ workload, records, ...measured }) => [
    `${workload}, ${figure(records)}`,
    figure(measured.leastLatencies),
    ...WAITING.map((name) => figure(measured.latencies?.[name] ?? NaN)),
    `${figure(measured.leastRequests)} $${figure(measured.leastDollarsPerMillion)}`,
    ...SUBJECT_NAMES.map(
      (name) => `${figure(measured.requests[name])} $${figure(measured.dollarsPerMillion[name])}`,
    ),
  ]);
  return table(
    ['batch: requests, and $ per million changes', 'latencies', ...WAITING, 'least', ...SUBJECT_NAMES],
    rows,
  );
}

export function waitingLine({ p50, p99 }: Waiting): string {
  return `Contrail waits for ${figure(p50)} latencies, one batch in a hundred for ${figure(p99)}`;
}

export function coldStartLine(cold: ColdStart): string {
  const { against, milliseconds, peerMilliseconds, ratio, processorRatio } = cold;
  return `first effect of a new process against ${against}, by hand: ${spread(ratio)} (${figure(milliseconds.median)} ms against ${figure(peerMilliseconds.median)} ms), of processor time ${spread(processorRatio)}`;
}

export function smallLine({ share, recordsPerSecond, timesAsLong, peakMb }: SmallFunction): string {
  return `${figure(share)} of a core: Contrail ${figure(recordsPerSecond.median)}/s, Powertools parallel ${spread(timesAsLong)}×; the largest event takes ${spread(peakMb)} MB`;
}

export function hotTupleLine({ subject, workers, linksPerSecond, timesAsFast }: HotTupleTimes): string {
  return `${subject}, ${workers} workers: ${figure(linksPerSecond.median)} links/s, ${spread(timesAsFast)} times as fast as one`;
}

export function derivationsLine({ count, together, apart }: DerivationsTimes): string {
  const against = (value: (run: DerivationsTimes['together']) => number) =>
    `${figure(value(together))}, ${figure(value(together) / value(apart))}`;
  return `${count} derivations of one kind of row, and against a worker for each: requests ${against((run) => run.requests)}; $ per million changes ${against((run) => run.dollarsPerMillion)}; processor ms ${against((run) => run.processorMs)}; MiB ${against((run) => run.peakBytes / 2 ** 20)}`;
}

export function indexerLines(times: IndexerTimes): string[] {
  const mebibytes = (bytes: number) => figure(bytes / 2 ** 20);
  return [
    `${figure(times.documentsPerSecond.median)} documents/s, ${spread(times.timesAsFast)} times as fast as one per request, ${spread(times.timesAsFastAsMany)} times as fast as 24 of them at once`,
    `imports against the fewest ${spread(times.requestRatio)}`,
    `processor ${spread(times.microseconds)} µs a message, the least ${spread(times.bareMicroseconds)} µs, JSON ${spread(times.jsonMicroseconds)} µs: ${spread(times.processorRatio)}, the least ${spread(times.bareRatio)}`,
    ...Object.entries<Spread>({ ...times.parts }).map(
      ([part, time]) => `processor, ${part} alone: ${spread(time)} µs a message`,
    ),
    `memory ${times.memory.bytes.map(mebibytes).join(', ')} MiB, ${figure(times.bytesPerAction)} bytes an action, at ${figure(times.memory.perSecond)} messages/s`,
  ];
}

export function postgresLines(times: PostgresTimes): string[] {
  const mebibytes = times.bytes.map((bytes) => figure(bytes / 2 ** 20)).join(', ');
  return [
    `${times.database}: ${figure(times.recordsPerSecond)} records/s, ${spread(times.timesAsFast)} times as fast as a transaction each; ${figure(times.roundTrips)} round trips a batch, ${figure(times.leastRoundTrips)} at least`,
    `${times.database}: a batch ${spread(times.batchMs)} ms, on many rows ${spread(times.growth)} of that; memory ${mebibytes} MiB`,
  ];
}

export function readerLines(times: ReaderTimes): string[] {
  const mebibytes = (bytes: number) => figure(bytes / 2 ** 20);
  return [
    `${figure(times.recordsPerSecond.median)} records/s, ${spread(times.ratio)} of a loop of GetRecords (${figure(times.loopPerSecond.median)}/s), with a worker ${spread(times.ratioWithWorker)}; the worker alone ${spread(times.ratioOfWorkerAlone)}; of a loop without the SDK's reading ${spread(times.ratioToRaw)}`,
    `an idle hour: ${requestsText(times.idle.stream)} to the stream, ${requestsText(times.idle.states)} to the states`,
    ...times.memory.map(
      ({ shards, idle, busy }) =>
        `${shards} shards: ${mebibytes(idle)} MiB idle, ${mebibytes(busy)} MiB busy`,
    ),
    ...(['writing', 'quiet'] as const).map((name) => {
      const { median, p99, loopMedian, loopP99 } = times[name];
      return `${name}: from a write to its effect ${figure(median)} ms, 99th ${figure(p99)}; the loop ${figure(loopMedian)}, ${figure(loopP99)}`;
    }),
  ];
}

export function fillLines({ tables, ...ratios }: FillComparison): string[] {
  const run = ({ perSecond, processorMicroseconds, tableUnits, stateUnits, peak }: FillRun) =>
    `${figure(spreadOf(perSecond).median)} rows/s, ${figure(spreadOf(processorMicroseconds).median)} µs of processor and ${figure(tableUnits)} + ${figure(stateUnits)} read units a row, ${figure(peak)} MiB`;
  return [
    ...tables.flatMap(({ rows, scan, backfill, backfillAgain, verify }) => [
      `${rows} rows: bare scan ${run(scan)}`,
      `  backfill ${run(backfill)}`,
      `  backfill of what is in line ${run(backfillAgain)}`,
      `  verify ${run(verify)}`,
    ]),
    `against a bare scan: backfill ${spread(ratios.backfill)}, of what is in line ${spread(ratios.backfillAgain)}, verify ${spread(ratios.verify)}`,
  ];
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

export function localLine({ peer, records, timesAsLong, timesAsLongInModel }: LocalComparison): string {
  return `${records} mixed records, ${peer}: ${spread(timesAsLong)}× on the servers, ${spread(timesAsLongInModel)}× in the model`;
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
