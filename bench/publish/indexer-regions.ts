import { figure, spread } from '../report/figures.ts';
import { goalTable } from '../report/markdown.ts';
import type { IndexerTimes } from '../measures/indexer.ts';
import type { Results } from './results.ts';

/** What the processor's time is made of, where that was measured. */
function partsOf({ parts, microseconds }: IndexerTimes): readonly string[] {
  if (parts === undefined) return [];
  const { queue, reading, importing, fences } = parts;
  const rest =
    microseconds.median - [queue, reading, importing, fences].reduce((sum, { median }) => sum + median, 0);
  return [
    `- Of that, each done alone: messages received and acknowledged ${spread(queue)} µs, read ${spread(reading)}, documents fitted into their schemas and imported ${spread(importing)}, fences read and moved ${spread(fences)}. The rest, ${figure(rest)}, is order, outcomes, and the garbage of what is held meanwhile.`,
  ];
}

/** What docs/performance.md says of the indexer, by the names of its parts. */
export function indexerRegions({
  indexerGoals,
  figures: { indexer },
}: Results): Readonly<Record<string, string>> {
  if (indexer === undefined) throw new Error('the indexer was not measured: run the part `indexer` first');
  return {
    'indexer-goals': goalTable(indexerGoals),
    'indexer-others': [
      `- ${figure(indexer.documentsPerSecond.median)} documents a second; ${spread(indexer.timesAsFastAsMany)} times as fast as 24 such consumers at the same time.`,
      `- Processor time: ${spread(indexer.microseconds)} µs for each message, where reading and writing it as JSON takes ${spread(indexer.jsonMicroseconds)}, and the least that anybody can do with the same clients ${spread(indexer.bareMicroseconds)}: ${spread(indexer.bareRatio)} times as much. Contrail takes ${spread(indexer.processorRatioToBare)} times the least.`,
      ...partsOf(indexer),
      `- Memory, with nothing in hand: ${indexer.memory.bytes.map((bytes) => figure(bytes / 2 ** 20)).join(', ')} MiB after a tenth, half and all; ${figure(indexer.bytesPerAction)} bytes for each action of the second half.`,
    ].join('\n'),
  };
}
