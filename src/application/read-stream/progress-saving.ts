import { PartlyWritten } from '../ports/partly-written.ts';
import type { Advance } from '../ports/shard-states.ts';
import type { ReadStreamDependencies } from './dependencies.ts';

interface Moved {
  frontier?: string | undefined;
  complete?: true;
}

/** Saves how far shards are handled, all that moved in one request. */
export class ProgressSaving {
  readonly #deps: Pick<ReadStreamDependencies, 'states' | 'source'>;
  readonly #epochOf: (shard: string) => number | undefined;
  readonly #lost: (shard: string) => void;
  readonly #completed: (shard: string, epoch: number) => void;
  #moved = new Map<string, Moved>();

  /**
   * @param epochOf the epoch of a shard's lease; undefined when it is not held.
   * @param lost is told of the shards whose lease is somebody else's.
   * @param completed is told of the shards that are noted as complete, by the lease of that epoch.
   */
  constructor(
    deps: Pick<ReadStreamDependencies, 'states' | 'source'>,
    epochOf: (shard: string) => number | undefined,
    lost: (shard: string) => void,
    completed: (shard: string, epoch: number) => void,
  ) {
    this.#deps = deps;
    this.#epochOf = epochOf;
    this.#lost = lost;
    this.#completed = completed;
  }

  get isEmpty(): boolean {
    return this.#moved.size === 0;
  }

  /** A frontier only ever goes on. */
  note(shard: string, moved: Moved): void {
    this.#moved.set(shard, { ...this.#moved.get(shard), ...moved });
  }

  /** The shard is somebody else's: nothing more is written. */
  forget(shard: string): void {
    this.#moved.delete(shard);
  }

  /**
   * Saves what has moved since the last time. Of shards that are not held any more nothing is written.
   *
   * @throws Fault when it is not known what was saved: it is saved again the next time.
   */
  async save(signal?: AbortSignal): Promise<void> {
    const moved = this.#moved;
    this.#moved = new Map();
    const moves = Array.from(moved, ([shard, each]): Advance | undefined => {
      const epoch = this.#epochOf(shard);
      return epoch === undefined ? undefined : { shard, epoch, ...each };
    }).filter((move) => move !== undefined);
    if (moves.length === 0) return;
    const { states, source } = this.#deps;
    const saved = (refused: readonly string[], unknown: ReadonlySet<string>) => {
      const lost = new Set(refused);
      for (const { shard, epoch, complete } of moves) {
        if (lost.has(shard)) this.#lost(shard);
        else if (complete === true && !unknown.has(shard)) this.#completed(shard, epoch);
      }
    };
    try {
      saved(await states.advance(source.arn, moves, signal), new Set());
    } catch (error) {
      const unknown = error instanceof PartlyWritten ? error.unknown : undefined;
      for (const [shard, each] of moved)
        if (unknown?.has(shard) !== false) this.#moved.set(shard, { ...each, ...this.#moved.get(shard) });
      if (error instanceof PartlyWritten) saved(error.refused, error.unknown);
      throw error;
    }
  }
}
