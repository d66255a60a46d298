import type { LatencyTimes, ReaderMemory, ReaderTimes } from '../measures/reader.ts';
import { figure, requestsText, spread } from '../report/figures.ts';
import { goalTable, markdownTable } from '../report/markdown.ts';
import type { Results } from './results.ts';

/** What docs/performance.md says of reading a stream, by the names of its parts. */
export function readerRegions({
  readerGoals,
  figures: { reader },
}: Results): Readonly<Record<string, string>> {
  if (reader === undefined)
    return {
      'reader-goals': 'Not measured yet.',
      'reader-latency': 'Not measured yet.',
      'reader-others': '',
    };
  return {
    'reader-goals': goalTable(readerGoals),
    'reader-latency': latencyTable(reader),
    'reader-others': [...othersOf(reader), ...reader.memory.map(memoryLine)]
      .map((line) => `- ${line}`)
      .join('\n'),
  };
}

function latencyTable({ writing, quiet }: ReaderTimes): string {
  const row = (what: string, { median, p99, loopMedian, loopP99 }: LatencyTimes) => [
    what,
    ...[median, p99, loopMedian, loopP99].map(figure),
  ];
  return markdownTable(
    ['from a write to its effect, ms', 'median', '99th percentile', 'the loop: median', '99th percentile'],
    [row('one write after the other', writing), row('each after a pause', quiet)],
  );
}

function othersOf({
  recordsPerSecond,
  loopPerSecond,
  ratioToRaw,
  ratioOfWorkerAlone,
  idle,
}: ReaderTimes): string[] {
  return [
    `${figure(recordsPerSecond.median)} records a second, the loop ${figure(loopPerSecond.median)}; against a loop for which the SDK does not read the answers ${spread(ratioToRaw)}. The worker alone, given what was read before, is ${spread(ratioOfWorkerAlone)} times as fast as the loop.`,
    `**An idle hour** of a stream with one shard: ${requestsText(idle.stream)} to the stream, ${requestsText(idle.states)} to the state table.`,
  ];
}

function memoryLine({ shards, idle, busy }: ReaderMemory): string {
  return `**Memory** with ${figure(shards)} ${shards === 1 ? 'shard' : 'shards'}: ${figure(idle / 2 ** 20)} MiB where nothing is written, ${figure(busy / 2 ** 20)} where there is more than can be handled.`;
}
