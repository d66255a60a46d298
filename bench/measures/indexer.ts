import type { Plan } from '../plan.ts';
import type { Children } from './children.ts';
import { exactly, ratios, type Spread, spreadOf } from './statistics.ts';

/** What a process is asked to measure of the indexer. */
export interface MeasuredIndexer {
  readonly what: 'speed' | 'processor' | 'memory';
  readonly plan: IndexerPlan;
}

export interface IndexerPlan {
  /** Messages in a run, each of a document of its own. */
  readonly documents: number;
  /** So many of them for who sends one document per request, and for who does so 24 times at once. */
  readonly sample: number;
  readonly largerSample: number;
  /** Milliseconds that a request takes. */
  readonly latencyMs: number;
  readonly rounds: number;
  /** Processes in which processor time is measured. */
  readonly processes: number;
  readonly memory: {
    /** They come again and again … */
    readonly documents: number;
    /** … until there were so many actions. */
    readonly actions: number;
  };
}

/** Of one round. */
export interface IndexerRound {
  readonly perSecond: number;
  readonly oneByOnePerSecond: number;
  readonly manyAtOncePerSecond: number;
  readonly imports: number;
  readonly leastImports: number;
}

/** Microseconds of processor time for each message. */
export interface IndexerProcessor {
  readonly microseconds: number;
  readonly jsonMicroseconds: number;
  /** Of the least that anybody can do with the same clients. */
  readonly bareMicroseconds: number;
  readonly parts: IndexerParts<number>;
}

/** Microseconds of processor time for each message that a part of it takes, done alone. */
export interface IndexerParts<T> {
  /** Messages received and acknowledged. */
  readonly queue: T;
  /** Messages read. */
  readonly reading: T;
  /** Documents fitted into their schemas, and imported. */
  readonly importing: T;
  /** Fences read and moved. */
  readonly fences: T;
}

/** What is reachable when nothing is in hand. */
export interface IndexerMemory {
  /** After a tenth, half and all of the actions. */
  readonly bytes: readonly number[];
  readonly perSecond: number;
}

/** How fast search messages come into a search engine. */
export interface IndexerTimes {
  readonly documentsPerSecond: Spread;
  /** How many times as fast as who sends one document per request, and as 24 of them at the same time. */
  readonly timesAsFast: Spread;
  readonly timesAsFastAsMany: Spread;
  /** Imports against the fewest that hold all documents. */
  readonly requestRatio: Spread;
  readonly microseconds: Spread;
  readonly jsonMicroseconds: Spread;
  /** Processor time against `JSON.parse` and `JSON.stringify` of the messages. */
  readonly processorRatio: Spread;
  /** The same of the least that anybody can do with the same clients, and Contrail's against it. */
  readonly bareMicroseconds: Spread;
  readonly bareRatio: Spread;
  readonly processorRatioToBare: Spread;
  /** Not measured by earlier versions. */
  readonly parts?: IndexerParts<Spread>;
  readonly memory: IndexerMemory;
  /** What is reachable in the end, against after a tenth. */
  readonly memoryRatio: Spread;
  /** By how many bytes that grows with each action of the second half. */
  readonly bytesPerAction: number;
}

export async function measureIndexer(children: Children, { indexer: plan }: Plan): Promise<IndexerTimes> {
  const measured = <T>(what: MeasuredIndexer['what']) =>
    children.run<T>('indexer', [JSON.stringify({ what, plan } satisfies MeasuredIndexer)]);
  const rounds = await measured<IndexerRound[]>('speed');
  const processor: IndexerProcessor[] = [];
  for (let n = 0; n < plan.processes; n++)
    processor.push(...(await measured<IndexerProcessor[]>('processor')));
  const memory = await measured<IndexerMemory>('memory');
  const each = (of: (round: IndexerRound) => number) => rounds.map(of);
  const perSecond = each((round) => round.perSecond);
  const microseconds = processor.map((one) => one.microseconds);
  const jsonMicroseconds = processor.map((one) => one.jsonMicroseconds);
  const bareMicroseconds = processor.map((one) => one.bareMicroseconds);
  const [early = NaN, middle = NaN, last = NaN] = memory.bytes;
  return {
    documentsPerSecond: spreadOf(perSecond),
    timesAsFast: ratios(
      perSecond,
      each((round) => round.oneByOnePerSecond),
    ),
    timesAsFastAsMany: ratios(
      perSecond,
      each((round) => round.manyAtOncePerSecond),
    ),
    requestRatio: ratios(
      each(({ imports }) => imports),
      each(({ leastImports }) => leastImports),
    ),
    microseconds: spreadOf(microseconds),
    jsonMicroseconds: spreadOf(jsonMicroseconds),
    processorRatio: ratios(microseconds, jsonMicroseconds),
    bareMicroseconds: spreadOf(bareMicroseconds),
    bareRatio: ratios(bareMicroseconds, jsonMicroseconds),
    processorRatioToBare: ratios(microseconds, bareMicroseconds),
    parts: {
      queue: spreadOf(processor.map(({ parts }) => parts.queue)),
      reading: spreadOf(processor.map(({ parts }) => parts.reading)),
      importing: spreadOf(processor.map(({ parts }) => parts.importing)),
      fences: spreadOf(processor.map(({ parts }) => parts.fences)),
    },
    memory,
    memoryRatio: exactly(last / early),
    bytesPerAction: (last - middle) / (plan.memory.actions / 2),
  };
}
