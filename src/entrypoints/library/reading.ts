import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { DecodeRecord } from '../../adapters/dynamodb-stream/read-changes.ts';
import { readStreamArn } from '../../adapters/dynamodb-stream/stream-arn.ts';
import { Logger } from '../../application/ports/logger.ts';
import type { ShardStates } from '../../application/ports/shard-states.ts';
import { HandOver } from '../../application/read-changes/hand-over.ts';
import { READ_STREAM_DEFAULTS } from '../../application/read-stream/options.ts';
import type { ReaderStatus, ReadResult } from '../../application/read-stream/reader-status.ts';
import type { SourceRecord } from '../../domain/change.ts';
import { Fault } from '../../domain/fault.ts';
import type { StreamGap } from '../../domain/shard.ts';
import type { AnyReadChange } from '../../domain/row-change.ts';
import { Follow } from '../follow/follow.ts';
import { noStream } from '../follow/no-stream.ts';
import { untilStopped } from '../follow/until-stopped.ts';
import type { AwsStreams } from './aws-streams.ts';
import { readerContainer } from './reader-container.ts';
import type { ReaderOptions, ReadOptions } from './reader-options.ts';

const HELD_BYTES = 64 * 2 ** 20;
/** Of a shard, at most. */
const LANES = 1_024;

export interface ReadingDependencies {
  readonly options: ReaderOptions;
  readonly states: ShardStates;
  /** Of what the state that was given tells: ARNs of tables and streams. */
  readonly restored: readonly string[];
  readonly decode: DecodeRecord;
}

/** One time that a reader reads, from where it stands. */
export class Reading {
  readonly handOver: HandOver<AnyReadChange>;
  /** Resolves when all that is changed from now on is given; rejects when it has ended before. */
  readonly begun: Promise<void>;
  /** Resolves when nothing of it goes on any more; rejects with what ended it, if that was a failure. */
  readonly ended: Promise<ReadResult>;
  readonly #deps: ReadingDependencies;
  readonly #read: ReadOptions;
  readonly #stop: AbortSignal;
  readonly #own = new AbortController();
  #logger: Logger | undefined;
  #follow: Follow | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(deps: ReadingDependencies, read: ReadOptions) {
    this.#deps = deps;
    this.#read = read;
    this.#stop = AbortSignal.any([this.#own.signal, ...(read.signal === undefined ? [] : [read.signal])]);
    this.handOver = new HandOver<AnyReadChange>({
      decode: deps.decode,
      undecodable: (record, fault) => this.#undecodable(record, fault),
      failed: ({ kind, id }, attempt, error) =>
        this.#logger?.log('error', 'a change was not handled', { change: id, kind, attempt, error }),
    });
    const close = () => this.handOver.close();
    this.#stop.addEventListener('abort', close);
    if (this.#stop.aborted) close();
    const { promise, resolve, reject } = withResolvers();
    this.begun = promise;
    this.ended = this.#run(resolve).finally(() => {
      this.#stop.removeEventListener('abort', close);
      this.handOver.end();
    });
    this.ended.then(
      () =>
        reject(
          this.#stop.aborted ? this.#stop.reason : new Fault('transient', 'it ended before it had begun'),
        ),
      reject,
    );
    // Not everybody asks for both.
    for (const each of [this.begun, this.ended]) each.catch(() => undefined);
  }

  /** How it is doing; undefined as long as it has not begun. */
  get now(): { readonly stream: string; readonly status: ReaderStatus } | undefined {
    return this.#follow?.reading;
  }

  /** Whether it ends with an error: what is noted meanwhile is told by the next one. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Saves how far all is handled by now. */
  async saveProgress(): Promise<void> {
    await this.#follow?.saveProgress();
  }

  /** A gap was closed: it is open no more. */
  gapClosed(gap: StreamGap): void {
    this.#follow?.gapClosed(gap);
  }

  /** Gives up what is under way, and ends. */
  leave(): void {
    this.handOver.end();
    this.#own.abort();
  }

  /** The same, with an error. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.leave();
  }

  async #run(begun: () => void): Promise<ReadResult> {
    const { options, states } = this.#deps;
    const container = readerContainer(states, options);
    this.#logger = container.get(Logger);
    const streams = await streamsOf(options);
    try {
      const { handle } = this.handOver;
      const source = (arn: string) => streams.source(arn);
      const owner = `${hostname()} ${process.pid} ${randomUUID()}`;
      const follow = new Follow(
        { container, handle, begun, source, owner },
        followOptions(options, this.#read),
      );
      this.#follow = follow;
      await untilStopped(this.#stop, () => this.#readAll(follow, streams));
      if (this.#failure !== undefined) throw this.#failure.error;
      const { handled, unhandled, gaps, isEndOfStream } = follow.result;
      return { handled, unhandled, gaps, isEndOfStream };
    } finally {
      streams.close();
    }
  }

  async #readAll(follow: Follow, streams: Streams): Promise<void> {
    const { source, streamArn, table } = this.#deps.options;
    const stop = this.#stop;
    if (table === undefined) {
      const arn = streamArn ?? source.arn;
      this.#checkState(arn);
      return follow.stream(arn, stop);
    }
    const describe = async () => {
      const described = await streams.streamOf(table, stop);
      this.#checkState(described.table);
      return described;
    };
    if (!(await follow.table(describe, stop))) throw noStream(table, 'streamArn');
  }

  /** @param arn of the table or stream that is read. @throws Fault `configuration` where the state that was given is of another table. */
  #checkState(arn: string): void {
    const table = tableOf(arn);
    const other = this.#deps.restored.find((one) => tableOf(one) !== table);
    if (other === undefined) return;
    throw new Fault(
      'configuration',
      `the state that the reader was given is of ${tableOf(other)}, and it is to read ${table}: give it that table's state, or none`,
    );
  }

  async #undecodable(record: unknown, fault: Fault): Promise<void> {
    const { onPoison } = this.#deps.options;
    if (fault.kind !== 'permanent' || onPoison === undefined) {
      this.fail(fault);
      throw fault;
    }
    try {
      await onPoison({ record: record as SourceRecord, fault });
    } catch (error) {
      this.#logger?.log('error', 'onPoison failed', { fault, error });
      throw error;
    }
  }
}

function tableOf(arn: string): string {
  return readStreamArn(arn).tableArn;
}

type Streams = Pick<AwsStreams, 'source' | 'streamOf' | 'close'>;

/** Whoever only defines a table, or reads a stream that is given, loads no AWS SDK. */
async function streamsOf({ source, clients }: ReaderOptions): Promise<Streams> {
  if (source === undefined) return new (await import('./aws-streams.ts')).AwsStreams(clients);
  const streamOf = () => Promise.reject(new Error('a stream that is given has no table'));
  return { source: () => source, streamOf, close: () => undefined };
}

function followOptions(
  { from, heldBytes = HELD_BYTES, failoverMs = READ_STREAM_DEFAULTS.failoverMs }: ReaderOptions,
  { once = false, concurrency = 1 }: ReadOptions,
) {
  return {
    ...(from === undefined ? {} : { from }),
    ...{ once, failoverMs, heldBytes, shardBytes: Math.min(READ_STREAM_DEFAULTS.shardBytes, heldBytes) },
    // One by one, so that each is noted as soon as it is acknowledged.
    ...{ batchSize: 1, batchesAtOnce: concurrency },
    // Rows of one lane wait for each other: with many lanes, few do.
    parallelizationFactor: concurrency === 1 ? 1 : Math.min(LANES, concurrency * 32),
    // Whoever has a change takes as long as it takes.
    batchMs: Infinity,
  };
}

function withResolvers() {
  let resolve: () => void = () => undefined;
  let reject: (error: unknown) => void = resolve;
  const promise = new Promise<void>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
