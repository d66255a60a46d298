import { compareTexts } from '../../domain/compare-texts.ts';
import type { ShardState } from '../../domain/shard.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { ShardStates } from '../ports/shard-states.ts';
import { REPAIR_GAP } from './gap-noting.ts';
import type { ReadStreamOptions } from './options.ts';

type From = ReadStreamOptions['from'];

/** A stream that was read before and not to its end. It can be read for a day. */
export interface OlderStream {
  readonly arn: string;
  /** Where it is begun as long as nothing of it is noted. */
  readonly from: From;
}

/** What is to be read of a table. */
export interface StreamsToRead {
  /** The oldest first. */
  readonly older: readonly OlderStream[];
  readonly latest: string;
  /** Where the latest is begun as long as nothing of it is noted: after others at its beginning, as what has left it meanwhile is lost. */
  readonly from: From;
}

/**
 * The streams of a table, one after the other: each time that its stream is switched on, it is another, whose ARN says when, so that they
 * sort by them. Noted as shards of the table
 * are, by the table's ARN. What was changed while none was on, nobody can read: another stream is a gap, also where the one before was read to its end.
 */
export class TableStreams {
  readonly #states: ShardStates;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #table: string;

  constructor(
    { states, clock, logger }: { states: ShardStates; clock: Clock; logger: Logger },
    table: string,
  ) {
    this.#states = states;
    this.#clock = clock;
    this.#logger = logger;
    this.#table = table;
  }

  /**
   * Notes the table's latest stream, and the gap before it where others were read. Safe to repeat.
   *
   * @param told the latest by what the table says. That may be an old answer: where a later one is noted, that is it.
   * @param from where the first stream of all is begun; later ones are read from their beginning.
   */
  async follow(told: string, from: 'horizon' | 'latest', signal?: AbortSignal): Promise<StreamsToRead> {
    const noted = await this.#states.load(this.#table, signal);
    const latest = noted.reduce((last, { id }) => (compareTexts(id, last) > 0 ? id : last), told);
    const others = noted.filter(({ id }) => id !== latest);
    const start = others.length > 0 ? 'beginning' : from;
    if (!noted.some(({ id }) => id === latest)) {
      // The gap first: where the stream is noted, nobody notes it any more.
      if (others.length > 0) await this.#noteGap(latest, signal);
      await this.#states.add(this.#table, [{ id: latest, parent: undefined, start }], signal);
    }
    return { older: unfinishedOf(others), latest, from: start };
  }

  /** Notes that a stream is gone. Where not all of it had been handled, that is a gap. */
  async gone(stream: string, signal?: AbortSignal): Promise<void> {
    const shards = await this.#states.load(stream, signal);
    if (shards.length === 0 || shards.some(({ complete }) => !complete)) {
      const gap = { shard: undefined, reason: 'vanished', after: undefined, at: this.#clock.now() } as const;
      await this.#states.noteGaps(stream, [gap], signal);
      this.#logger.log('error', 'a stream of the table is gone that was not read to its end', {
        ...{ table: this.#table, stream, do: REPAIR_GAP },
      });
    }
    // Now nobody comes back to it.
    await this.ended(stream, signal);
  }

  /** The streams that were read and not to their end, the oldest first: also while none is switched on. */
  async unfinished(signal?: AbortSignal): Promise<readonly OlderStream[]> {
    return unfinishedOf(await this.#states.load(this.#table, signal));
  }

  async #noteGap(stream: string, signal: AbortSignal | undefined): Promise<void> {
    const at = Math.max(this.#clock.now(), madeAt(stream));
    const gap = { shard: undefined, reason: 'new stream', after: undefined, at } as const;
    await this.#states.noteGaps(stream, [gap], signal);
    this.#logger.log('error', 'the table has another stream than before', {
      ...{ table: this.#table, stream, do: REPAIR_GAP },
    });
  }

  /** Notes that a stream was read to its end, or can be read no more. */
  async ended(stream: string, signal?: AbortSignal): Promise<void> {
    await this.#states.advance(this.#table, [{ shard: stream, epoch: 0, complete: true }], signal);
  }
}

/** What is lost was changed before that, in milliseconds since 1970, whatever the time is here; -Infinity where a stream's name does not say. */
function madeAt(stream: string): number {
  const time = Date.parse(`${stream.slice(stream.lastIndexOf('/') + 1)}Z`);
  return Number.isNaN(time) ? -Infinity : time;
}

function unfinishedOf(streams: readonly ShardState[]): readonly OlderStream[] {
  return streams
    .filter(({ complete }) => !complete)
    .map(({ id, start }) => ({ arn: id, from: start === 'beginning' ? start : ('horizon' as const) }))
    .toSorted((a, b) => compareTexts(a.arn, b.arn));
}
