import type { Plan } from '../plan.ts';
import type { Children } from './children.ts';
import { ratios, type Spread, spreadOf } from './statistics.ts';

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
    /** … until there were so many actions … */
    readonly few: number;
    /** … and so many. */
    readonly many: number;
    /** Garbage is collected, and what is left measured, once in so many actions. */
    readonly every: number;
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
}

/** The most that was reachable beyond what was before, in bytes. */
export interface IndexerMemory {
  readonly fewBytes: number;
  readonly manyBytes: number;
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
  readonly memory: IndexerMemory & { readonly ratio: number };
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
    memory: { ...memory, ratio: memory.manyBytes / memory.fewBytes },
  };
}
