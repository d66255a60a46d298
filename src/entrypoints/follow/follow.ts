import type { TableStream } from '../../adapters/aws/streams/table-stream.ts';
import { Clock } from '../../application/ports/clock.ts';
import { Logger } from '../../application/ports/logger.ts';
import { MonotonicClock } from '../../application/ports/monotonic-clock.ts';
import { Random } from '../../application/ports/random.ts';
import { ShardStates } from '../../application/ports/shard-states.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';
import type { StreamSource } from '../../application/ports/stream-source.ts';
import type { HandleRecords } from '../../application/read-stream/handle-records.ts';
import type { NotingDependencies } from '../../application/read-stream/dependencies.ts';
import { noteShards } from '../../application/read-stream/note-shards.ts';
import { READ_STREAM_DEFAULTS, type ReadStreamOptions } from '../../application/read-stream/options.ts';
import { ReadStream } from '../../application/read-stream/read-stream.ts';
import {
  NOTHING_YET,
  type ReaderStatus,
  type ReadResult,
} from '../../application/read-stream/reader-status.ts';
import { isSameGap, type StreamGap } from '../../domain/shard.ts';
import { TableGaps } from '../../application/read-stream/table-gaps.ts';
import { type OlderStream, TableStreams } from '../../application/read-stream/table-streams.ts';
import { untilAnswered } from '../../application/read-stream/until-answered.ts';
import type { Container } from 'inversify';

export interface FollowDependencies {
  readonly container: Pick<Container, 'get'>;
  /** A stream, by its ARN. */
  readonly source: (arn: string) => StreamSource;
  readonly handle: HandleRecords;
  /** Names this process among all. */
  readonly owner: string;
  /** Called when it stands in the first stream that it reads: what is changed from then on, it reads. */
  readonly begun?: (() => void) | undefined;
}

export interface FollowOptions extends Partial<ReadStreamOptions> {
  /** Where the first stream is begun. */
  readonly from?: 'horizon' | 'latest';
}

/** Reads streams, one after the other. */
export class Follow {
  readonly #deps: FollowDependencies;
  readonly #options: FollowOptions;
  readonly #states: ShardStates;
  #reader: ReadStream | undefined;
  #stream = '';
  #since = Date.now();
  #results: ReadResult[] = [];
  /** The gaps of the table that is followed; undefined where it is one stream only. */
  #gaps: TableGaps | undefined;

  constructor(deps: FollowDependencies, options: FollowOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#states = deps.container.get(ShardStates);
  }

  /** What is read now, with what was handled of the streams before it. */
  get reading(): { readonly stream: string; readonly since: number; readonly status: ReaderStatus } {
    const status = this.#reader?.status ?? NOTHING_YET;
    const before = this.#results.reduce((sum, { handled }) => sum + handled, 0);
    const handled = before + status.handled;
    // Between two streams, and at the end, those that were told last.
    const { gaps } = this.#reader === undefined ? this.result : status;
    return { stream: this.#stream, since: this.#since, status: { ...status, handled, gaps } };
  }

  /** How reading ended, of all streams. */
  get result(): ReadResult & { readonly stream: string } {
    return {
      stream: this.#stream,
      handled: this.#results.reduce((sum, { handled }) => sum + handled, 0),
      unhandled: this.#results.reduce((sum, { unhandled }) => sum + unhandled, 0),
      // Those of all streams, by then.
      gaps: this.#results.at(-1)?.gaps ?? [],
      isEndOfStream: this.#results.at(-1)?.isEndOfStream ?? false,
    };
  }

  /** Saves how far all is handled by now. @throws Fault when it is not known what was saved. */
  async saveProgress(): Promise<void> {
    await this.#reader?.saveProgress();
  }

  /** A gap was closed here: it is told no more, and what is lost at its position from now on is another. */
  gapClosed(gap: StreamGap): void {
    this.#reader?.gapClosed(gap);
    const isOther = (open: StreamGap) => !isSameGap(open, gap);
    this.#results = this.#results.map((result) => ({ ...result, gaps: result.gaps.filter(isOther) }));
  }

  /** Reads one stream until it is stopped, or ends. @throws what `ReadStream.run` throws. */
  async stream(arn: string, stop: AbortSignal): Promise<void> {
    await this.#read(this.#deps.source(arn), this.#options.from ?? 'horizon', stop);
  }

  /**
   * Reads a table's stream until it is stopped, and each other one that follows it, after what is left of those before it: also
   * while none is switched on.
   *
   * @param describe asks for the table, and which stream it has now. What may pass is asked again, also the first time.
   * @returns false when there was nothing to read.
   * @throws Fault `configuration` when there is no such table, say.
   */
  async table(describe: () => Promise<TableStream>, stop: AbortSignal): Promise<boolean> {
    const { container } = this.#deps;
    const [clock, logger] = [container.get(Clock), container.get(Logger)];
    const first = await this.#answer(stop, describe);
    const { table } = first;
    const streams = new TableStreams({ states: this.#states, clock, logger }, table);
    this.#gaps = new TableGaps(this.#states, table);
    const isStopped = () => stop.aborted;
    for (let before: string | undefined, isFirst = true; !isStopped(); isFirst = false) {
      const { stream: told } = isFirst ? first : await this.#answer(stop, describe);
      const { older, latest, from } = await this.#answer(stop, async () =>
        told === undefined
          ? { older: await streams.unfinished(stop), latest: undefined, from: undefined }
          : streams.follow(told, this.#options.from ?? 'horizon', stop),
      );
      if (latest !== undefined && latest === before) return true;
      // It is read later.
      if (latest !== undefined && older.length > 0)
        await this.#answer(stop, () => noteShards(this.#depsOf(this.#deps.source(latest)), from, stop));
      for (const stream of older) {
        // What it has left, with `once`, comes before what the next one has.
        if (!(await this.#readOlder(streams, stream, stop)) || isStopped()) return true;
      }
      if (latest === undefined) {
        // Another may have been switched on meanwhile.
        if (older.length === 0 || this.#options.once === true) return !isFirst || older.length > 0;
        continue;
      }
      const { isEndOfStream } = await this.#read(this.#deps.source(latest), from, stop);
      if (!isEndOfStream || isStopped()) return true;
      await this.#answer(stop, () => streams.ended(latest));
      before = latest;
    }
    return true;
  }

  /** @returns whether nothing is left of it. */
  async #readOlder(streams: TableStreams, { arn, from }: OlderStream, stop: AbortSignal): Promise<boolean> {
    const source = this.#deps.source(arn);
    if ((await this.#answer(stop, () => source.list({}, stop))) === undefined) {
      await this.#answer(stop, () => streams.gone(arn, stop));
      const gaps = await this.#answer(stop, async () => (await this.#gaps?.open(stop)) ?? []);
      this.#results.push({ handled: 0, unhandled: 0, gaps, isEndOfStream: true });
      return true;
    }
    const { isEndOfStream } = await this.#read(source, from, stop);
    if (isEndOfStream) await this.#answer(stop, () => streams.ended(arn));
    return isEndOfStream;
  }

  #answer<T>(stop: AbortSignal, ask: () => Promise<T>): Promise<T> {
    const { container } = this.#deps;
    const [sleeper, random, logger] = [container.get(Sleeper), container.get(Random), container.get(Logger)];
    return untilAnswered({ sleeper, random, logger }, READ_STREAM_DEFAULTS.retryMs, stop, ask);
  }

  #depsOf(source: StreamSource): NotingDependencies {
    const { container } = this.#deps;
    const gaps = this.#gaps;
    return {
      ...{ source, states: this.#states },
      ...(gaps && { openGaps: (signal) => gaps.open(signal) }),
      clock: container.get(Clock),
      monotonic: container.get(MonotonicClock),
      sleeper: container.get(Sleeper),
      random: container.get(Random),
      logger: container.get(Logger),
    };
  }

  async #read(source: StreamSource, from: ReadStreamOptions['from'], stop: AbortSignal): Promise<ReadResult> {
    const { handle, owner, begun } = this.#deps;
    this.#stream = source.arn;
    this.#since = Date.now();
    const deps = { ...this.#depsOf(source), handle, owner, ...(begun && { begun }) };
    this.#reader = new ReadStream(deps, { ...this.#options, from });
    const result = await this.#reader.run(stop);
    this.#results.push(result);
    this.#reader = undefined;
    return result;
  }
}
