import type { StreamGap } from '../../domain/shard.ts';
import type { ShardStates } from '../ports/shard-states.ts';

/** The gaps of all streams that a table has had, as far as they were read. Noted of each by its ARN. */
export class TableGaps {
  readonly #states: ShardStates;
  readonly #table: string;
  readonly #others: readonly string[];

  /**
   * @param table its ARN.
   * @param others streams of it that may not be noted, as they were not read as the table's.
   */
  constructor(states: ShardStates, table: string, others: readonly string[] = []) {
    this.#states = states;
    this.#table = table;
    this.#others = others;
  }

  /**
   * Those that nobody has closed, in the order in which they were noted.
   *
   * @throws Fault when they cannot be read.
   */
  async open(signal?: AbortSignal): Promise<readonly StreamGap[]> {
    const noted = await this.#states.load(this.#table, signal);
    const streams = new Set([...noted.map(({ id }) => id), ...this.#others]);
    const gaps = await Promise.all(Array.from(streams, (stream) => gapsOf(this.#states, stream, signal)));
    return gaps.flat().toSorted((a, b) => a.at - b.at);
  }

  /**
   * Streams that were read and not to their end, other than the one that the table has now: what is left of them is older than what was lost after
   * them, and what is derived would go back to it.
   *
   * @param present its ARN; undefined where none is switched on.
   * @throws Fault when it cannot be read.
   */
  async unfinished(present: string | undefined, signal?: AbortSignal): Promise<readonly string[]> {
    const noted = await this.#states.load(this.#table, signal);
    return noted.flatMap(({ id, complete }) => (complete || id === present ? [] : [id]));
  }

  /**
   * Closes gaps, as they were told by `open` before what they left was repaired: one that was noted again since stays. Safe to repeat.
   *
   * @throws Fault when it is not known of all whether they are closed.
   */
  async close(gaps: readonly StreamGap[], signal?: AbortSignal): Promise<void> {
    const streams = new Set(gaps.map(({ stream }) => stream));
    for (const stream of streams)
      await this.#states.closeGaps(
        stream,
        gaps.filter((gap) => gap.stream === stream),
        signal,
      );
  }
}

/** @throws Fault when they cannot be read. */
export async function gapsOf(
  states: ShardStates,
  stream: string,
  signal: AbortSignal | undefined,
): Promise<readonly StreamGap[]> {
  return (await states.gaps(stream, signal)).map((gap) => ({ stream, ...gap }));
}
