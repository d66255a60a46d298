import type { Plan } from '../plan.ts';
import type { Children } from './children.ts';
import { startLocalServers } from './local-server-process.ts';
import { ratios, type Spread, spreadOf } from './statistics.ts';

export interface ReaderPlan {
  /** In the stream that is read. */
  readonly records: number;
  readonly rounds: number;
  readonly processes: number;
  /** Writes whose way is timed: while they come one after the other, and each after a pause; milliseconds between them. */
  readonly writing: Writing;
  readonly quiet: Writing;
  /** Of a modelled clock, in which nothing is written. */
  readonly idleMinutes: number;
  /** Of the stream that memory is measured on, beside one of one shard. */
  readonly shards: number;
  /** Records of a page there. */
  readonly pageSize: number;
}

export interface Writing {
  readonly writes: number;
  readonly everyMs: number;
}

/** What a process is asked to measure of the reader. */
export type MeasuredReader = { readonly plan: ReaderPlan } & (
  | { readonly what: 'filled' | 'latency'; readonly endpoint: string }
  | { readonly what: 'speed'; readonly endpoint: string; readonly streamArn: string }
  | { readonly what: 'idle' }
  | { readonly what: 'memory'; readonly shards: number }
);

/** Records per second, of each in one round. */
export interface ReaderSpeed {
  readonly reader: number;
  /** With a worker that keeps everything in memory. */
  readonly withWorker: number;
  /** That worker alone, given pages that were read before. */
  readonly workerAlone: number;
  /** GetRecords, and nothing else. */
  readonly loop: number;
  /** The same, where the SDK does not read the answers. */
  readonly rawLoop: number;
}

/** From when a write is sent until it has taken effect, in milliseconds, of each write. */
export interface WaysOfWrites {
  readonly reader: readonly number[];
  readonly loop: readonly number[];
}

export interface ReaderLatency {
  readonly writing: WaysOfWrites;
  readonly quiet: WaysOfWrites;
}

/** Requests of an hour without any change, by operation: to the stream, and to where progress is noted. */
export interface IdleHour {
  readonly stream: Readonly<Record<string, number>>;
  readonly states: Readonly<Record<string, number>>;
}

/** What is reachable, in bytes, beside what was before. */
export interface ReaderMemory {
  readonly shards: number;
  /** When all shards have been read and have nothing more. */
  readonly idle: number;
  /** The most, while every shard has more than can be handled; and how much of it are records as DynamoDB counts their size. */
  readonly busy: number;
}

/** How fast a stream is read, and what that costs. */
export interface ReaderTimes {
  readonly recordsPerSecond: Spread;
  readonly loopPerSecond: Spread;
  /** Against the loop. */
  readonly ratio: Spread;
  readonly ratioWithWorker: Spread;
  readonly ratioOfWorkerAlone: Spread;
  /** Against the loop for which the SDK reads no answers. */
  readonly ratioToRaw: Spread;
  readonly idle: IdleHour;
  readonly memory: readonly ReaderMemory[];
  readonly writing: LatencyTimes;
  readonly quiet: LatencyTimes;
}

/** Milliseconds. */
export interface LatencyTimes {
  readonly median: number;
  readonly p99: number;
  readonly loopMedian: number;
  readonly loopP99: number;
}

/** @returns why there is nothing to say, where Java is missing. */
export async function measureReader(
  children: Children,
  { reader: plan }: Plan,
): Promise<ReaderTimes | string> {
  const server = await startLocalServers();
  if (typeof server === 'string') return server;
  const measured = <T>(what: MeasuredReader) =>
    children.runCompiled<T>('reader-child', [JSON.stringify(what)]);
  try {
    const { dynamodb: endpoint } = server;
    const streamArn = await measured<string>({ what: 'filled', endpoint, plan });
    const speeds: ReaderSpeed[] = [];
    for (let n = 0; n < plan.processes; n++)
      speeds.push(...(await measured<ReaderSpeed[]>({ what: 'speed', endpoint, streamArn, plan })));
    const latency = await measured<ReaderLatency>({ what: 'latency', endpoint, plan });
    const idle = await measured<IdleHour>({ what: 'idle', plan });
    const memory: ReaderMemory[] = [];
    for (const shards of [1, plan.shards])
      memory.push(await measured<ReaderMemory>({ what: 'memory', shards, plan }));
    const of = (name: keyof ReaderSpeed) => speeds.map((speed) => speed[name]);
    return {
      recordsPerSecond: spreadOf(of('reader')),
      loopPerSecond: spreadOf(of('loop')),
      ratio: ratios(of('reader'), of('loop')),
      ratioWithWorker: ratios(of('withWorker'), of('loop')),
      ratioOfWorkerAlone: ratios(of('workerAlone'), of('loop')),
      ratioToRaw: ratios(of('reader'), of('rawLoop')),
      ...{ idle, memory, writing: timesOf(latency.writing), quiet: timesOf(latency.quiet) },
    };
  } finally {
    server.stop();
  }
}

function timesOf({ reader, loop }: WaysOfWrites): LatencyTimes {
  return {
    ...{ median: percentile(reader, 0.5), p99: percentile(reader, 0.99) },
    ...{ loopMedian: percentile(loop, 0.5), loopP99: percentile(loop, 0.99) },
  };
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? NaN;
}
